# shellcheck shell=bash disable=SC2154
# What must not hurt. Sourced by .ci/e2e.

# under_load WHAT ALLOWED COMMAND...: runs a command while visitors ask, and says how many failed.
under_load() {
    local what=$1 allowed=$2 result failed
    shift 2
    coproc visitors { python3 Tests/EndToEnd/visitors.py "app.$domain" "$work/public.pem" 120; }
    local input=${visitors[1]} output=${visitors[0]} pid=$visitors_PID
    sleep 2
    "$@" || die "$what: the command failed"
    wait_until 60 serves || die "$what: the service did not come back"
    sleep 2
    echo >&"$input"
    read -r result <&"$output"
    wait "$pid" || true
    say "   $what: $result"
    failed=$(json_value failed <<<"$result")
    [ "$failed" -le "$allowed" ] || die "$what: $failed requests failed; at most $allowed may"
}

step "upheavals under load"
coproc talker { python3 Tests/EndToEnd/visitors.py "app.$domain" "$work/public.pem" websocket 60; }
talker_input=${talker[1]} talker_output=${talker[0]} talker_pid=$talker_PID
read -r word <&"$talker_output"
[ "$word" = open ] || die "no WebSocket"
under_load "Caddy reloaded" 0 "${stack[@]}" exec -T caddy caddy reload --config /etc/caddy/Caddyfile --force
echo >&"$talker_input"
read -r talk <&"$talker_output"
wait "$talker_pid" || true
say "   a WebSocket across the reload: $talk"
grep -q '"cut": false' <<<"$talk" || die "the reload cut a WebSocket"

under_load "the edge restarted" 400 "${stack[@]}" restart proxy
under_load "the edge replaced" 400 "${stack[@]}" up -d --wait --force-recreate --no-deps proxy
killed_agent() {
    docker exec "$laptop" pkill -KILL -f 'osm-agent http 3000 --name app'
    start_agent
}
under_load "the agent killed and started" 400 killed_agent

step "backup, loss and restore"
docker run --rm -v osm-e2e_ca:/ca:ro -v "$PWD/$work:/backup" debian:bookworm-slim tar -C /ca -cf /backup/ca.tar .
"${stack[@]}" down -v --timeout 5 >/dev/null 2>&1
docker volume create osm-e2e_ca >/dev/null
docker run --rm -v osm-e2e_ca:/ca -v "$PWD/$work:/backup:ro" debian:bookworm-slim tar -C /ca -xpf /backup/ca.tar
quietly "$work/up.log" "${stack[@]}" up -d --wait || die "the restored stack did not get healthy; see $work/up.log"
management=$("${stack[@]}" port pebble 15000)
wait_until 20 curl -fsSk --max-time 5 -o "$work/public.pem" "https://$management/roots/0" || die "Pebble does not tell its root"
wait_until 90 serves || die "the agent did not come back to the restored edge"
say "   the agent came back to the restored edge"
