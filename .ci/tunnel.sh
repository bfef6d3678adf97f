# shellcheck shell=bash
# A whole tunnel on loopback, started piece by piece. Sourced after lib.sh; the caller sets `work` to a new folder.

children=()
bin=.build/release

# Ends what this script started, by its own process ids, and removes the folder.
end_tunnel() {
    local pid
    end_busy
    for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${children[@]}"; do
        wait_until "${patience:-5}" is_gone "$pid" || kill -9 "$pid" 2>/dev/null || true
    done
    if [ -n "${work:-}" ]; then rm -rf "$work"; fi
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

# start NAME COMMAND...: standard output to NAME.out, standard error to NAME.log.
start() {
    local name=$1
    shift
    "$@" >"$work/$name.out" 2>"$work/$name.log" &
    children+=($!)
}

# wait_for_line NAME: the first line a started program prints, which says where it listens.
wait_for_line() {
    if ! wait_until 20 grep -q '}' "$work/$1.out"; then
        show_logs
        die "$1 did not say where it listens"
    fi
}

show_logs() {
    local log
    for log in "$work"/*.log; do
        [ -s "$log" ] || continue
        printf -- '-- the end of %s\n' "${log##*/}" >&2
        tail -n 15 "$log" >&2
    done
}

# A port from $1 on that nobody answers on; whoever takes it in between makes the program that needs it say so.
free_port() {
    local port=$1
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

build_product() { quietly "$work/build.log" swift build "${release_flags[@]}" --product "$1" || die "$1 does not build"; }

# An operator CA that lives as long as $work, and the agent that trusts it and nothing else.
build_release() {
    step "building (the first time takes some minutes)"
    build_product ca-tools
    build_product sample-origin
    build_product osm-proxy
    step "minting a throw-away operator CA and baking it into the agent"
    OSM_CA_PASSPHRASE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    export OSM_CA_PASSPHRASE
    "$bin/ca-tools" init --domain localhost --out "$work/ca" >"$work/ca.log" 2>&1 || { show_logs; die "ca-tools init failed"; }
    OSM_OPERATOR_CA=$work/ca build_product osm-agent
    cp "$bin/osm-agent" "$work/osm-agent" # the next build may bake in another CA
}

# Sets origin_port.
start_origin() {
    start origin "$bin/sample-origin" --json
    wait_for_line origin
    origin_port=$(json_value port <"$work/origin.out")
}

# start_edge VISITOR_PORT [OPTION...]: sets visitor_port and tunnel_address; where that is set, an edge is started again.
start_edge() {
    visitor_port=$1
    shift
    local edge
    edge=$(dirname "$(find "$work/ca/edges" -name edge.pem | head -n 1)")
    start edge "$bin/osm-proxy" run --standalone \
        --tunnel-listen "${tunnel_address:-127.0.0.1:0}" --visitor-listen "127.0.0.1:$visitor_port" --admin-listen 127.0.0.1:0 \
        --internal-listen 127.0.0.1:0 --certificate "$edge/edge.pem" --key "$edge/edge.key" \
        --operator-bundle "$work/ca/bundle/operator-ca.json" --device-crl "$work/ca/crl/devices.crl" \
        --public-url "http://*.localhost:$visitor_port" "$@"
    wait_for_line edge
    tunnel_address=$(json_value tunnel <"$work/edge.out")
}

# enrol IDENTITY: makes a device and lets the CA issue its leaf.
enrol() {
    {
        "$work/osm-agent" identity create --identity "$1"
        "$bin/ca-tools" issue device --ca "$work/ca" --csr "$1/device.csr" --out "$1/device.pem"
    } >>"$work/ca.log" 2>&1 || { show_logs; die "a device got no certificate"; }
}

# start_agent NAME: makes a device and serves the origin under NAME.
start_agent() {
    local identity=$work/identity
    enrol "$identity"
    start agent "$work/osm-agent" http "$origin_port" --edge "localhost:${tunnel_address##*:}" --name "$1" \
        --identity "$identity" --socket "$work/agent.sock"
    if ! wait_until 30 curl -fsS --max-time 2 --unix-socket "$work/agent.sock" http://localhost/readyz; then
        show_logs
        die "the agent did not become ready"
    fi
}

# visit NAME PATH [CURL OPTION...]: what a browser would ask, without asking DNS.
visit() {
    local name=$1 path=$2
    shift 2
    curl -sS --max-time 30 --resolve "$name.localhost:$visitor_port:127.0.0.1" "$@" \
        "http://$name.localhost:$visitor_port$path"
}
