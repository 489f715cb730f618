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

start_postgres() { # sets POSTGRES_URL; 1 if the cluster did not start
    local bin port password
    bin=$(pg_bin) || return 1
    POSTGRES_FOLDER=$(mktemp -d /tmp/diwan-postgres.XXXXXX)
    POSTGRES_BIN=$bin
    port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    password=$(.venv/bin/python -c 'import secrets; print(secrets.token_hex(16))')
    printf '%s\n' "$password" >"$POSTGRES_FOLDER/password"
    chmod 600 "$POSTGRES_FOLDER/password"
    if [ "$(id -u)" = 0 ]; then chown -R postgres "$POSTGRES_FOLDER"; fi
    # Scratch data: nothing has to survive a power cut, so nothing is synced to disk.
    (
        cd "$POSTGRES_FOLDER"
        as_pg "$bin/initdb" -D "$POSTGRES_FOLDER/data" -U diwan -A scram-sha-256 \
            --pwfile="$POSTGRES_FOLDER/password" -E UTF8 --locale=C.UTF-8 --no-sync &&
            as_pg "$bin/pg_ctl" -D "$POSTGRES_FOLDER/data" -w -t 60 -l "$POSTGRES_FOLDER/log" \
                -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60" start
    ) >/dev/null 2>&1 || return 1
    POSTGRES_URL="postgres://diwan:$password@127.0.0.1:$port/postgres"
}

stop_postgres() {
    [ -n "${POSTGRES_FOLDER:-}" ] || return 0
    (cd / && as_pg "$POSTGRES_BIN/pg_ctl" -D "$POSTGRES_FOLDER/data" -m immediate -w stop) >/dev/null 2>&1 || true
    rm -rf "$POSTGRES_FOLDER"
    POSTGRES_FOLDER=""
}
