#!/bin/sh
# Waits for the database, applies the migrations when RUN_MIGRATIONS=true, then is replaced by the command of the container.
set -eu

# sh, as a container's first process, heeds no signal without a trap, and a trap only runs while sh waits.
run() {
    trap 'kill "${child:-}" 2>/dev/null || :; exit 143' TERM INT HUP
    "$@" &
    child=$!
    wait "$child"
}

case ${RUN_MIGRATIONS:-false} in
    true | false) ;;
    *)
        word=$(printf %s "$RUN_MIGRATIONS" | tr -c '[:print:]' '?')
        printf 'messenger-db: RUN_MIGRATIONS=%s is neither true nor false: set one of them\n' "$word" >&2
        exit 1
        ;;
esac

run messenger-db wait
if [ "${RUN_MIGRATIONS:-false}" = true ]; then
    run yoyo apply
fi
exec "$@"
