# A PostgreSQL cluster of the tests' own, in a temporary folder on a free port. Sourced by ./test.

pg_bin() { # prints the folder that holds initdb, the newest version first
    local initdb
    initdb=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -rV | head -n 1)
    initdb=${initdb:-$(command -v initdb || true)}
    [ -n "$initdb" ] && dirname "$initdb"
}

as_pg() { # PostgreSQL refuses to run as root: then as the user its package made
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

free_port() {
    .venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Scratch data: nothing has to survive a power cut, so nothing is synced to disk.
make_cluster() { # make_cluster FOLDER: an empty cluster in it, its password beside it
    local folder=$1
    .venv/bin/python -c 'import secrets; print(secrets.token_hex(16))' >"$folder/password"
    chmod 600 "$folder/password"
    if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
    (
        cd "$folder"
        as_pg "$POSTGRES_BIN/initdb" -D "$folder/data" -U diwan -A scram-sha-256 \
            --pwfile="$folder/password" -E UTF8 --locale=C.UTF-8 --no-sync
    ) >/dev/null 2>&1
}

start_cluster() { # start_cluster FOLDER: on a free port; sets POSTGRES_URL
    local folder=$1 port
    port=$(free_port) || return 1
    (
        cd "$folder"
        as_pg "$POSTGRES_BIN/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/log" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60" start
    ) >/dev/null 2>&1 || return 1
    POSTGRES_URL="postgres://diwan:$(cat "$folder/password")@127.0.0.1:$port/postgres"
}

start_postgres() { # sets POSTGRES_URL; 1 if the cluster did not start
    POSTGRES_BIN=$(pg_bin) || return 1
    POSTGRES_FOLDER=$(mktemp -d /tmp/diwan-postgres.XXXXXX)
    make_cluster "$POSTGRES_FOLDER" && start_cluster "$POSTGRES_FOLDER"
}

stop_postgres() {
    [ -n "${POSTGRES_FOLDER:-}" ] || return 0
    (cd / && as_pg "$POSTGRES_BIN/pg_ctl" -D "$POSTGRES_FOLDER/data" -m immediate -w stop) >/dev/null 2>&1 || true
    rm -rf "$POSTGRES_FOLDER"
    POSTGRES_FOLDER=""
}

keep_postgres() { # keep_postgres FOLDER: the cluster in it, made if missing; sets POSTGRES_URL
    POSTGRES_BIN=$(pg_bin) || return 1
    POSTGRES_KEPT=$1
    if [ ! -f "$1/data/PG_VERSION" ]; then
        mkdir -p "$1"
        make_cluster "$1" || return 1
    fi
    start_cluster "$1"
}

rest_postgres() { # stops a kept cluster so that its data are whole, and leaves it where it is
    [ -n "${POSTGRES_KEPT:-}" ] || return 0
    (cd / && as_pg "$POSTGRES_BIN/pg_ctl" -D "$POSTGRES_KEPT/data" -m fast -w -t 300 stop) >/dev/null 2>&1 || true
    POSTGRES_KEPT=""
}
