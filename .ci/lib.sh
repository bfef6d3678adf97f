# shellcheck shell=bash disable=SC2034
# What the commands of ./dev share: words, the toolchain, Debian packages, build flags. Sourced, never run.

minimum_swift=6.2

# The flags of a release, in one place: no shared libraries of Swift to ship along, and no exclusivity checks at run
# time (they cost a quarter of the instructions a request takes; debug builds and tests keep them).
release_flags=(-c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked)
debug_flags=(--explicit-target-dependency-import-check error)

build_packages=(
    "libssl-dev=OpenSSL: ca-tools mints certificates with it"
    "libnghttp2-dev=nghttp2: the HTTP/2 inside the tunnel"
    "libyaml-dev=libyaml: reads the configuration files"
    "pkg-config=tells the build where those three are"
)
run_packages=(
    "curl=plays the visitor"
    "openssl=checks certificates independently of us"
    "ca-certificates=lets Swift fetch its packages over HTTPS"
)

say() { printf '%s\n' "$*"; }
step() { printf '== %s\n' "$*"; }
die() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}
bad_usage() {
    printf 'dev: %s; see ./dev %s --help\n' "$1" "$2" >&2
    exit 2
}

how_to_get_swift() {
    cat >&2 <<'TEXT'

Swift is one download from https://www.swift.org/install/linux/ . On Debian 12 or later:

  apt-get install -y curl gnupg binutils gcc g++ git libc6-dev libcurl4-openssl-dev libedit2 \
      libncurses-dev libpython3-dev libsqlite3-0 libstdc++-12-dev libxml2-dev libz3-dev tzdata unzip zlib1g-dev
  curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz
  tar zxf swiftly-$(uname -m).tar.gz && ./swiftly init

Then open a new shell and run this again.
TEXT
    exit 1
}

# The first dotted number in what `swift --version` says.
swift_version() { swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+(\.[0-9]+)*).*/\1/p' | head -n 1; }

# is_at_least 6.3.1 6.2
is_at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

need_swift() {
    if ! command -v swift >/dev/null; then
        say "dev: Swift $minimum_swift or newer is needed, and there is no swift on the PATH." >&2
        how_to_get_swift
    fi
    local found
    found=$(swift_version)
    if [ -z "$found" ] || ! is_at_least "$found" "$minimum_swift"; then
        say "dev: Swift $minimum_swift or newer is needed; $(command -v swift) is ${found:-of an unknown version}." >&2
        how_to_get_swift
    fi
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# need_packages MAY_INSTALL NAME=WHY...: says what is missing and why, then installs it or refuses.
need_packages() {
    local may_install=$1 entry missing=()
    shift
    if ! command -v dpkg-query >/dev/null; then
        say "dev: not a Debian system; make sure that these are there: $(printf '%s ' "${@%%=*}")" >&2
        return
    fi
    for entry in "$@"; do
        is_installed "${entry%%=*}" && continue
        missing+=("${entry%%=*}")
        printf 'needs the package %-16s %s\n' "${entry%%=*}" "(${entry#*=})"
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$may_install" != yes ]; then
        die "not installed, as --no-install says: ${missing[*]} (apt-get install ${missing[*]})"
    fi
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "run this as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing with apt-get: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -ec "$install_quietly" sh "${missing[@]}"
}

# Installs its arguments and starts none of their services: a test that needs nginx needs no nginx on port 80.
# shellcheck disable=SC2016
install_quietly='
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap "rm -f $policy" EXIT
    printf "#!/bin/sh\nexit 101\n" >"$policy"
    chmod 755 "$policy"
fi
apt-get install -y -qq --no-install-recommends "$@"
'

# What `quietly` is waiting for. A background command does not see Ctrl-C, so whoever traps it must end this.
busy=""
end_busy() { if [ -n "$busy" ]; then kill "$busy" 2>/dev/null || true; fi; }

# quietly LOG COMMAND...: runs a long command, shows that it lives, and shows its last lines when it fails.
quietly() {
    local log=$1 status=0 line shown="" pid
    shift
    "$@" >"$log" 2>&1 &
    pid=$!
    busy=$pid
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        line=$(tail -c 400 "$log" | tr '\r' '\n' | grep -oE '^\[[0-9]+/[0-9]+\]' | tail -n 1) || line=""
        [ -t 1 ] && [ -n "$line" ] && [ "$line" != "$shown" ] && printf '\r   %s ' "$line"
        shown=$line
    done
    wait "$pid" || status=$?
    busy=""
    [ -t 1 ] && printf '\r%30s\r' ""
    if [ "$status" -ne 0 ]; then
        grep -E 'error:' "$log" | sort -u | head -n 20 >&2 || true
        tail -n 20 "$log" >&2
    fi
    return "$status"
}

# json_value KEY: the first value under KEY in the JSON on standard input; for flat lines of our own programs.
json_value() { sed -nE 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"?([^",}]*)"?.*/\1/p' | head -n 1; }

# wait_until SECONDS COMMAND...: asks again and again, without output, until it succeeds.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}
