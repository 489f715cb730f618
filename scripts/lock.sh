#!/usr/bin/env bash
# Lock the requirements anew, with hashes and without naming any host: scripts/lock.sh [--upgrade]
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # lock FILE GROUP...
    local file="requirements/$1.txt"
    shift
    .venv/bin/uv pip compile --quiet "$@" --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-header --no-annotate --output-file "$file"
    echo "$file: $(grep -c '==' "$file") packages"
}

lock app ${1:-} pyproject.toml --group build
lock dev ${1:-} pyproject.toml --group build --group dev --constraint requirements/app.txt
lock peers ${1:-} --group peers
lock tools ${1:-} --group tools
lock node ${1:-} --group node
