# What ./run and ./test share: set up Python, the requirements and the front-end assets.
# Sourced by them from the project's folder. Steps whose stamp still fits are left out, so that a
# second start takes seconds.

NEED_PYTHON="3.11"
NEED_NODE=18

step() { # step TEXT: one line of progress with the seconds since the start
    printf '[%3ds] %s\n' "$SECONDS" "$1" >&2
}

die() { # die ENGLISH PERSIAN: one clear sentence, and the end
    printf '%s\n%s\n' "$1" "$2" >&2
    exit 1
}

logged() { # logged WHAT COMMAND...: run it; if it fails, show its last lines and say what failed
    local what=$1 log
    shift
    log=$(mktemp "${TMPDIR:-/tmp}/diwan-setup.XXXXXX")
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi
    tail -n 15 "$log" >&2
    rm -f "$log"
    die "Setting up stopped: $what failed (see the lines above); is there a network?" \
        "راه‌اندازی متوقف شد: این مرحله انجام نشد؛ اتصال شبکه را بررسی کنید."
}

find_python() { # sets PYTHON
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            PYTHON=$candidate
            return 0
        fi
    done
    if command -v python3 >/dev/null 2>&1; then
        die "Diwan needs Python $NEED_PYTHON or newer; this one is too old: $(python3 --version 2>&1)." \
            "دیوان به پایتون $NEED_PYTHON یا تازه‌تر نیاز دارد؛ نسخه نصب‌شده قدیمی است."
    fi
    die "Python $NEED_PYTHON or newer is missing; install it, on Debian: apt install python3 python3-venv." \
        "پایتون $NEED_PYTHON یا تازه‌تر نصب نیست."
}

may_write() {
    [ -w . ] || die "No permission to write in $PWD, where ./run sets up; copy the project to a folder of yours." \
        "اجازه نوشتن در این پوشه نیست؛ برنامه را در پوشه خودتان بگذارید."
}

# Where caches go if there is no home to keep them in.
caches() {
    if [ ! -w "${HOME:-/nowhere}" ]; then
        export UV_CACHE_DIR="${UV_CACHE_DIR:-$PWD/build/cache/uv}"
        export npm_config_cache="${npm_config_cache:-$PWD/build/cache/npm}"
    fi
}

# One set-up at a time: a second ./run waits for the first.
one_at_a_time() {
    mkdir -p build
    command -v flock >/dev/null 2>&1 || return 0
    exec 9>build/setup.lock
    if ! flock -n 9; then
        step "Another set-up runs in this folder; waiting for it."
        flock 9
    fi
}

done_here() { { exec 9>&-; } 2>/dev/null || true; } # let go of the lock before serving

fingerprint() { # fingerprint FILE...: what a stamp holds; the folder counts, since a venv cannot move
    { printf '%s\n' "$PWD" "${PYTHON_VERSION:-}"; cat "$@"; } | cksum
}

fits() { # fits STAMP FILE...
    local stamp=$1
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$@")" ]
}

make_venv() {
    PYTHON_VERSION=$("$PYTHON" -c 'import sys; print(sys.version)')
    local files=(requirements/tools.txt)
    if fits .venv/.stamp-tools "${files[@]}" && .venv/bin/python -c '' 2>/dev/null; then
        return 0
    fi
    step "Making a virtual environment with $("$PYTHON" --version 2>&1)"
    if ! "$PYTHON" -m venv --clear .venv >/dev/null 2>&1; then
        die "This Python cannot make virtual environments; install that part, on Debian: apt install python3-venv." \
            "این پایتون نمی‌تواند محیط مجازی بسازد؛ بسته python3-venv را نصب کنید."
    fi
    logged "bringing the installer uv" .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r requirements/tools.txt
    fingerprint "${files[@]}" >.venv/.stamp-tools
}

install_pinned() { # install_pinned LOCK: by uv, which is quick; by pip where uv finds no way
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$1" ||
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
}

install_requirements() { # install_requirements app|dev
    local files=("requirements/$1.txt" pyproject.toml)
    fits ".venv/.stamp-$1" "${files[@]}" && return 0
    # dev holds all of app.
    [ "$1" = app ] && fits .venv/.stamp-dev requirements/dev.txt pyproject.toml && return 0
    step "Installing $(grep -c '==' "requirements/$1.txt") pinned packages"
    logged "installing requirements/$1.txt" install_pinned "requirements/$1.txt"
    logged "installing diwan itself" .venv/bin/uv pip install --quiet --python .venv/bin/python \
        --no-deps --no-build-isolation --editable .
    fingerprint "${files[@]}" >".venv/.stamp-$1"
}

node_is_there() {
    command -v npm >/dev/null 2>&1 &&
        node -e "process.exit(Number(process.versions.node.split('.')[0]) < $NEED_NODE ? 1 : 0)" 2>/dev/null
}

build_assets() { # build_assets app|dev: what pages load; dev brings what tests read with, too
    local files=(package-lock.json scripts/assets.py) omit=(--omit=dev)
    [ "$1" = app ] || omit=()
    if [ -d build/assets/vendor ]; then
        fits build/assets-dev.stamp "${files[@]}" && return 0
        [ "$1" = app ] && fits build/assets.stamp "${files[@]}" && return 0
    fi
    # Where the machine has no Node, a pinned one from PyPI lives in the virtual environment.
    if ! node_is_there; then
        PATH="$PWD/.venv/bin:$PATH"
        if ! node_is_there; then
            step "Bringing Node (this machine has none of version $NEED_NODE or newer)"
            logged "bringing Node" install_pinned requirements/node.txt
        fi
    fi
    # A Node of its own does not know the certificates that the system trusts.
    local bundle=/etc/ssl/certs/ca-certificates.crt
    if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$bundle" ]; then export NODE_EXTRA_CA_CERTS=$bundle; fi
    step "Building the front-end assets"
    rm -f build/assets.stamp build/assets-dev.stamp
    logged "bringing the front-end packages" npm ci --ignore-scripts --no-progress --loglevel=error "${omit[@]}" \
        --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000
    logged "copying the assets" .venv/bin/python scripts/assets.py
    if [ "$1" = app ]; then
        fingerprint "${files[@]}" >build/assets.stamp
    else
        fingerprint "${files[@]}" >build/assets-dev.stamp
    fi
}
