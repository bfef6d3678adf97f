# shellcheck shell=bash
# What the tests with real processes need, in .build/integration. Sourced after lib.sh.
#
#   bin/         osm-proxy, ca-tools, sample-origin, the programs of docs/embedding.md, and four agents: osm-agent (trusts ca/), osm-agent-none (no bundle),
#                osm-agent-sample (a sample bundle), osm-agent-expired (its only root has expired)   -> OSM_TEST_BIN
#   ca/          an operator CA for localhost                                                       -> OSM_TEST_CA
#   passphrase   the passphrase of its root                                         -> OSM_TEST_CA_PASSPHRASE_FILE
#   venv/        a Python with clients and servers that we did not write            -> OSM_TEST_VENV_PYTHON

integration=.build/integration

# Other people's implementations, for tests that our own reading of a protocol must not deceive.
python_libraries=(
    "grpcio==1.85.1" # calls of all four kinds, as client and as server
    "websockets==17.4" # a client and a server of WebSockets
    "typing_extensions==4.16.0" # what grpcio needs
    "playwright==1.65.2" # drives a browser
    "greenlet==3.5.6" # what playwright needs
)

prepare_integration() {
    step "preparing the tests with real processes"
    mkdir -p "$integration/bin"
    # The tests mint what expires; the CA itself is renewed long before its own leaf does.
    if ! is_fresh "$integration/ca/bundle/operator-ca.json"; then mint_integration_cas; fi
    local product
    for product in osm-proxy ca-tools sample-origin embed-answer embed-forward embed-service; do copy_binary "$product" "$product"; done
    build_agents
    prepare_python
    OSM_TEST_BIN=$PWD/$integration/bin
    OSM_TEST_CA=$PWD/$integration/ca
    OSM_TEST_CA_PASSPHRASE_FILE=$PWD/$integration/passphrase
    OSM_TEST_PYTHON=/usr/bin/python3 # where Debian's python3-h2 is; the PATH may lead to another
    OSM_TEST_VENV_PYTHON=$PWD/$integration/venv/bin/python
    export OSM_TEST_BIN OSM_TEST_CA OSM_TEST_CA_PASSPHRASE_FILE OSM_TEST_PYTHON OSM_TEST_VENV_PYTHON
}

# Fetched once, and again when the list changes; nothing of it leaves the build folder.
prepare_python() {
    local venv=$integration/venv wanted=${python_libraries[*]}
    if [ "$(cat "$venv/installed" 2>/dev/null)" = "$wanted" ]; then return; fi
    [ "$install" = yes ] || die "not fetched from PyPI, as --no-install says: $wanted"
    say "fetching from PyPI into $venv: $wanted (clients and servers that we did not write)"
    rm -rf "$venv"
    { /usr/bin/python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --no-deps --only-binary :all: \
        "${python_libraries[@]}"; } >"$integration/python.log" 2>&1 ||
        { tail -n 5 "$integration/python.log" >&2; die "PyPI gave no $wanted"; }
    printf '%s\n' "$wanted" >"$venv/installed"
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
