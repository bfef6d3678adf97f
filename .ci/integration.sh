# shellcheck shell=bash
# What the tests with real processes need, in .build/integration. Sourced after lib.sh.
#
#   bin/         osm-proxy, ca-tools, sample-origin, and four agents: osm-agent (trusts ca/), osm-agent-none (no bundle),
#                osm-agent-sample (a sample bundle), osm-agent-expired (its only root has expired)   -> OSM_TEST_BIN
#   ca/          an operator CA for localhost                                                       -> OSM_TEST_CA
#   passphrase   the passphrase of its root                                         -> OSM_TEST_CA_PASSPHRASE_FILE

integration=.build/integration

prepare_integration() {
    step "preparing the tests with real processes"
    mkdir -p "$integration/bin"
    # The tests mint what expires; the CA itself is renewed long before its own leaf does.
    if ! is_fresh "$integration/ca/bundle/operator-ca.json"; then mint_integration_cas; fi
    local product
    for product in osm-proxy ca-tools sample-origin; do copy_binary "$product" "$product"; done
    build_agents
    OSM_TEST_BIN=$PWD/$integration/bin
    OSM_TEST_CA=$PWD/$integration/ca
    OSM_TEST_CA_PASSPHRASE_FILE=$PWD/$integration/passphrase
    OSM_TEST_PYTHON=/usr/bin/python3 # where Debian's python3-h2 is; the PATH may lead to another
    export OSM_TEST_BIN OSM_TEST_CA OSM_TEST_CA_PASSPHRASE_FILE OSM_TEST_PYTHON
}

is_fresh() { [ -n "$(find "$1" -mtime -5 2>/dev/null)" ] && [ "$1" -nt .build/debug/ca-tools ]; }

copy_binary() { cp -f ".build/debug/$1" "$integration/bin/.$2" && mv -f "$integration/bin/.$2" "$integration/bin/$2"; }

mint_integration_cas() {
    rm -rf "$integration/ca" "$integration/sample" "$integration/expired" "$integration/agents"
    (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$integration/passphrase")
    local -x OSM_CA_PASSPHRASE
    OSM_CA_PASSPHRASE=$(cat "$integration/passphrase")
    quietly "$integration/ca.log" .build/debug/ca-tools init --domain localhost --out "$integration/ca" ||
        die "ca-tools init failed"
    quietly "$integration/sample.log" .build/debug/ca-tools init --domain localhost --sample --out "$integration/sample" ||
        die "ca-tools init --sample failed"
    mint_expired_bundle "$integration/expired"
}

# A bundle whose root ended in 2021, made without ca-tools, which would not make one.
mint_expired_bundle() {
    local folder=$1
    mkdir -p "$folder"
    : >"$folder/index"
    cat >"$folder/openssl.cnf" <<'TEXT'
[ca]
default_ca = expired
[expired]
database = $ENV::FOLDER/index
new_certs_dir = $ENV::FOLDER
rand_serial = yes
default_md = sha384
policy = any
x509_extensions = root
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE,pathlen:1
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[req]
distinguished_name = name
[name]
TEXT
    (
        export FOLDER=$folder
        openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -subj "/CN=Expired Operator Root" \
            -config "$folder/openssl.cnf" -keyout "$folder/root.key" -out "$folder/root.csr"
        openssl ca -batch -selfsign -config "$folder/openssl.cnf" -keyfile "$folder/root.key" -notext \
            -startdate 20200101000000Z -enddate 20210101000000Z -in "$folder/root.csr" -out "$folder/root.pem"
    ) >"$folder/openssl.log" 2>&1 || { tail -n 5 "$folder/openssl.log" >&2; die "openssl made no expired root"; }
    printf '{"version":1,"domain":"localhost","edges":[],"created":"2020-01-01T00:00:00Z","sample":false,"roots":["%s"]}\n' \
        "$(sed 's/$/\\n/' "$folder/root.pem" | tr -d '\n')" >"$folder/operator-ca.json"
}

# Four agents from one build; made again only when the agent or the bundles are new.
build_agents() {
    local built made=$integration/agents
    copy_binary osm-agent osm-agent-none
    built=$(sha256sum <"$integration/bin/osm-agent-none")
    if [ -f "$made" ] && [ "$(cat "$made")" = "$built" ]; then return; fi
    bake osm-agent OSM_OPERATOR_CA="$PWD/$integration/ca"
    bake osm-agent-sample OSM_OPERATOR_CA="$PWD/$integration/sample" OSM_OPERATOR_CA_ALLOW_SAMPLE=1
    bake osm-agent-expired OSM_OPERATOR_CA="$PWD/$integration/expired"
    quietly "$integration/build.log" swift build --product osm-agent "${debug_flags[@]}" || die "osm-agent does not build"
    printf '%s\n' "$built" >"$made"
}

# bake NAME VARIABLE=VALUE...
bake() {
    local name=$1
    shift
    quietly "$integration/build.log" env "$@" swift build --product osm-agent "${debug_flags[@]}" ||
        die "osm-agent does not build with $*"
    copy_binary osm-agent "$name"
}
