# shellcheck shell=bash disable=SC2154
# What must not hurt. Sourced by .ci/e2e.

# start_visitors NAME ARGUMENT...: visitors.py, in the background, until end_visitors NAME sets `result` to what it says.
declare -A visitor_pids=()
start_visitors() {
    local name=$1
    shift
    rm -f "$work/$name.end" && mkfifo "$work/$name.end"
    # Read and write: opening it waits for nobody.
    python3 Tests/EndToEnd/visitors.py "app.$domain" "$work/public.pem" "$@" <>"$work/$name.end" >"$work/$name.json" &
    visitor_pids[$name]=$!
}
end_visitors() {
    local name=$1
    echo 1<>"$work/$name.end"
    wait "${visitor_pids[$name]}" || die "the visitors $name failed"
    result=$(tail -n 1 "$work/$name.json")
}

# under_load WHAT SECONDS COMMAND...: runs a command while visitors ask, says how many failed, and dies when they did so for
# longer than that, or at all where it is 0.
under_load() {
    local what=$1 allowed=$2
    shift 2
    start_visitors load 180
    sleep 2
    "$@" || die "$what: the command failed"
    wait_until 60 serves || die "$what: the service did not come back"
    sleep 2
    end_visitors load
    say "   $what: $result"
    [ "$(json_value answered <<<"$result")" -gt 50 ] || die "$what: there was no load"
    [ "$(json_value seconds <<<"$result")" -le "$allowed" ] || die "$what: requests failed for more than $allowed s"
    [ "$allowed" -gt 0 ] || [ "$(json_value failed <<<"$result")" = 0 ] || die "$what: requests failed"
}

step "upheavals under load"
start_visitors talker websocket 60
wait_until 10 grep -q open "$work/talker.json" || die "no WebSocket"
under_load "Caddy reloaded" 0 quietly "$work/reload.log" "${stack[@]}" exec -T caddy caddy reload --config /etc/caddy/Caddyfile --force
end_visitors talker
say "   a WebSocket across the reload: $result"
grep -q '"cut": false' <<<"$result" || die "the reload cut a WebSocket"

# A second on a quiet machine, most of it the agents' way back; ten leave room for a busy one.
under_load "the edge restarted" 10 quietly "$work/restart.log" "${stack[@]}" restart proxy
under_load "the edge replaced" 10 quietly "$work/replace.log" "${stack[@]}" up -d --wait --force-recreate --no-deps proxy
killed_agent() {
    docker exec "$laptop" pkill -KILL -f 'osm-agent http 3000 --name app'
    start_agent
}
under_load "the agent killed and started" 10 killed_agent
