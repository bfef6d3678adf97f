#!/bin/sh
# Puts an operator's osm-agent on this machine. Nothing happens before the last line: what comes before only defines.
# It is read by whatever sh there is, so it uses POSIX alone; variables are global, for POSIX knows no others.

# The operator's, filled in by `ca-tools publish`. Constants, so that nothing in the environment can replace them.
OSM_URL=''
OSM_SIGNING_KEY=''
OSM_ROOT=''

usage() {
    cat <<'TEXT'
NAME
    install.sh - put your operator's osm-agent on this machine, or take it off again

SYNOPSIS
    curl -fsSL https://HOST/install.sh | sh
    curl -fsSL https://HOST/install.sh | OSM_TOKEN=osmi_... sh
    curl -fsSL https://HOST/install.sh | sh -s -- [OPTION...]

DESCRIPTION
    Downloads the agent for this system from the operator who gave out this file, and the list of its checksums.
    Installs the agent only when the list's signature is of the operator's key in this file, the agent's checksum is
    in the list, and the agent trusts the root certificate named in this file. Until then nothing is changed; when
    anything goes wrong, nothing is left behind. The last step is a rename, so an agent that runs is not disturbed:
    it goes on with the former program until it is started again.

    When the same agent is there already, nothing is downloaded and the exit code is 0.

    The agent goes into /usr/local/bin, with sudo or doas for the one step that needs it, after everything was
    checked. Where neither root's rights nor sudo nor doas are to be had, it goes into ~/.local/bin.

OPTIONS
    --user              install into ~/.local/bin
    --prefix DIR        install into DIR/bin
    --token-file FILE   then enrol this device with the operator's invitation in FILE; without this option the
                        invitation is taken from OSM_TOKEN, or from the file that OSM_TOKEN_FILE names. An
                        invitation is a secret, so it never stands on a command line. A device that is enrolled
                        already stays as it is and the invitation unused.
    --service           then let a service run the agent, now and after each start of the machine: of the system
                        when you are root, else of your user, so that it finds the identity that you enrolled
    --uninstall         take the agent and its services off; looks in /usr/local/bin and ~/.local/bin, or where
                        --user or --prefix says. Ends an agent of this user that runs. Keeps the device's key and
                        certificate, and your configuration.
    --purge             with --uninstall: remove the key and the certificate, too; as root, those of the system's
                        services as well, unless --user or --prefix is given
    --dry-run           say what would happen; change nothing and download nothing
    --yes               do not ask before --purge, the only thing that is asked; sudo asks for itself
    --quiet             say nothing but what went wrong
    --checksum-only     install although nothing here can check a signature (see SIGNATURES)
    --url URL           download from URL/download/ instead of the operator's address in this file
    --signing-key KEY   the minisign public key to check with instead of the one in this file
    --root SHA256       the fingerprint of the root certificate to expect instead of the one in this file
    --version           print whose installer this is and which agent is installed
    --help              print this

SIGNATURES
    minisign checks the signature, or else OpenSSL 3 or later. Where there is neither, as on a Mac without Homebrew, the
    default is to stop. With the one line above, a checksum is as good as the signature: whoever could forge the list
    on the operator's server could forge this file, too, and TLS keeps everybody else out. But a copy of this file that
    you looked at and kept is worth more, and only if the signature is checked each time. Which of the two it is, this
    file cannot know, so you say it: --checksum-only. It is refused where TLS does not vouch for the download: over
    http, and with a wget that may not check certificates (BusyBox). Where the signature can be checked, it is,
    with or without the option.

ENVIRONMENT
    https_proxy, HTTPS_PROXY, all_proxy, no_proxy, NO_PROXY
                                the way to the operator's server, as curl and wget know them
    OSM_TOKEN, OSM_TOKEN_FILE   the invitation; kept from every program but the agent
    XDG_STATE_HOME              where the agent keeps the device's key; ~/.local/state by default
    TMPDIR                      where the download is checked when sudo installs it; /tmp by default

EXIT STATUS
    0     done, or there was nothing to do
    1     failed for another reason
    2     wrong usage, or this file is not an operator's
    3     there is no agent for this system, or a tool is missing here
    4     the download failed: network, proxy, TLS, or the server does not have it
    5     signature, checksum or root are not the operator's: nothing was installed
    6     nothing here can check the signature: nothing was installed
    7     the agent cannot be put where it should go, or not be removed: no rights, no room, no home
    8     the agent is installed, but the device could not be enrolled
    9     the agent is installed or removed, but its service is not
    129, 130, 143   ended by a signal (SIGHUP, SIGINT, SIGTERM): nothing was changed
TEXT
}

say() { [ "$quiet" = yes ] || printf '%s\n' "$*"; }
note() { printf 'install.sh: %s\n' "$*" >&2; }

# die STATUS CAUSE NEXT-STEP
die() {
    note "$2"
    [ -z "${3:-}" ] || printf '  %s\n' "$3" >&2
    exit "$1"
}

have() { command -v "$1" >/dev/null 2>&1; }

# The words of the last program that failed, short enough for one line and without what could move the cursor. curl
# begins with the reason, others end with it.
its_words() {
    tr -d '\000-\010\013-\037\177' <"$work/said" |
        awk 'NF { last = $0 } /^curl: / { exit } END { print substr(last, 1, 300) }'
}

has_terminal() { (: </dev/tty) 2>/dev/null; }

# ask QUESTION: only on a terminal, for standard input may be this very file.
ask() {
    printf '%s [y/n] ' "$1" >/dev/tty
    read -r answer </dev/tty || answer=n
    case "$answer" in [Yy]*) return 0 ;; *) return 1 ;; esac
}

# ---- the command line

read_arguments() {
    action=install dry_run=no quiet=no yes=no purge=no service=no checksum_only=no
    where=default prefix='' token_file='' token=''
    while [ $# -gt 0 ]; do
        case "$1" in
        --prefix=* | --token-file=* | --url=* | --signing-key=* | --root=*) set_value "${1%%=*}" "${1#*=}" ;;
        --prefix | --token-file | --url | --signing-key | --root)
            [ $# -gt 1 ] || die 2 "$1 needs a value." "See --help."
            set_value "$1" "$2"
            shift
            ;;
        --user) set_place user ;;
        --service) service=yes ;;
        --uninstall) action=uninstall ;;
        --purge) purge=yes ;;
        --dry-run) dry_run=yes ;;
        --yes) yes=yes ;;
        --quiet) quiet=yes ;;
        --checksum-only) checksum_only=yes ;;
        --version) action=version ;;
        --help | -h) action=help ;;
        --token | --token=*) die 2 "An invitation does not belong on a command line, where others can read it." \
            "Put it into OSM_TOKEN or into a file: --token-file FILE." ;;
        *) die 2 "There is no option $1." "See --help." ;;
        esac
        shift
    done
    [ "$purge" = no ] || [ "$action" = uninstall ] || die 2 "--purge goes with --uninstall."
}

set_value() {
    [ -n "$2" ] || die 2 "$1 needs a value." "See --help."
    case "$1" in
    --prefix) set_place prefix && prefix=$2 ;;
    --token-file) token_file=$2 ;;
    --url) OSM_URL=$2 ;;
    --signing-key) OSM_SIGNING_KEY=$2 ;;
    --root) OSM_ROOT=$2 ;;
    esac
}

set_place() {
    [ "$where" = default ] || die 2 "--user and --prefix name one place, once." "See --help."
    where=$1
}

check_operator() {
    if [ -z "$OSM_URL" ] || [ -z "$OSM_SIGNING_KEY" ]; then
        die 2 "This file is not an operator's installer: it does not say whose agent to install." \
            "Get it from your operator, curl -fsSL https://HOST/install.sh | sh, or give --url and --signing-key."
    fi
    OSM_URL=${OSM_URL%/}
    [ -z "$(printf '%s' "$OSM_URL" | tr -d 'A-Za-z0-9._~:/%[]-')" ] || die 2 "'$OSM_URL' is not a URL."
    case "$OSM_URL" in
    https://?*) transport=https ;;
    http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]* | 'http://[::1]'*)
        transport=http
        ;;
    *) die 2 "'$OSM_URL' is neither an https:// address nor one of this machine." ;;
    esac
    case "$OSM_SIGNING_KEY" in
    *[!A-Za-z0-9+/]*) bad_key ;;
    RW*) ;;
    *) bad_key ;;
    esac
    [ ${#OSM_SIGNING_KEY} = 56 ] || bad_key
    OSM_ROOT=$(printf '%s' "$OSM_ROOT" | tr 'A-F' 'a-f' | tr -d ':')
    case "$OSM_ROOT" in *[!0-9a-f]*) die 2 "'$OSM_ROOT' is not a SHA-256 fingerprint." ;; esac
    [ -z "$OSM_ROOT" ] || [ ${#OSM_ROOT} = 64 ] || die 2 "'$OSM_ROOT' is not a SHA-256 fingerprint."
}

bad_key() { die 2 "The signing key is not a minisign public key: 56 letters and digits that begin with RW."; }

# Programs that are not the agent do not see the invitation.
take_token() {
    token=${OSM_TOKEN:-}
    if [ -z "$token_file" ] && [ -z "$token" ]; then token_file=${OSM_TOKEN_FILE:-}; fi
    unset OSM_TOKEN OSM_TOKEN_FILE
    if [ -n "$token_file" ]; then
        token=''
        if [ ! -f "$token_file" ] || [ ! -r "$token_file" ]; then
            die 2 "The invitation's file '$token_file' cannot be read." "Standard input is no file here; use OSM_TOKEN."
        fi
    fi
    if [ -z "$token_file$token" ] || [ -n "${XDG_STATE_HOME:-}" ]; then return; fi
    [ -n "${HOME:-}" ] || die 7 "HOME is not set, so the device's key has no place." "Set HOME or XDG_STATE_HOME."
}

# ---- this machine

detect_system() {
    system=$(uname -s) machine=$(uname -m)
    case "$system" in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) die 3 "There is no agent for $system, only for Linux and macOS." ;;
    esac
    case "$machine" in
    x86_64 | amd64) arch=x86_64 ;;
    aarch64 | arm64) arch=aarch64 ;;
    *) die 3 "There is no agent for $machine processors, only for x86_64 and aarch64." ;;
    esac
    # A translated shell on an Apple processor says x86_64.
    if [ "$os" = darwin ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null || :)" = 1 ]; then arch=aarch64; fi
    artefact=osm-agent-$os-$arch
}

# Only asked when an agent does not run: the one for Linux needs no libc at all.
libc() {
    if getconf GNU_LIBC_VERSION 2>/dev/null; then return; fi
    for loader in /lib/ld-musl-*; do
        if [ -e "$loader" ]; then printf 'musl\n' && return; fi
    done
    printf 'none\n'
}

choose_downloader() {
    if have curl; then
        downloader=curl
    elif have wget; then
        case "$(wget --version 2>/dev/null)" in "GNU Wget"*) downloader=wget ;; *) downloader=busybox ;; esac
        small_wget=wget
    elif have busybox && busybox wget --help >/dev/null 2>&1; then
        downloader=busybox small_wget='busybox wget'
    else
        die 3 "There is neither curl nor wget." "Install one of them."
    fi
    # curl knows both spellings of these, wget the small one.
    https_proxy=${https_proxy:-${HTTPS_PROXY:-${all_proxy:-${ALL_PROXY:-}}}}
    no_proxy=${no_proxy:-${NO_PROXY:-}}
    if [ -n "$https_proxy" ]; then export https_proxy; fi
    if [ -n "$no_proxy" ]; then export no_proxy; fi
    [ "$downloader" != busybox ] || prepare_small_wget
}

# It takes a proxy for http from http_proxy, for https, too, and in the clear; and no_proxy it does not know.
prepare_small_wget() {
    if [ "$transport" = https ] && [ -n "$https_proxy" ] && ! goes_direct; then
        die 3 "This wget does not go through a proxy to https, and https_proxy is set." "Install curl or GNU wget."
    fi
    unset http_proxy https_proxy
    https_proxy=''
    # Not every one of them can give up by itself.
    case "$($small_wget --help 2>&1 || :)" in *" -T "*) small_wget="$small_wget -T 30" ;; esac
}

# Whether no_proxy names the operator's host or a domain above it.
goes_direct() {
    host=${OSM_URL#*://}
    host=${host%%[:/]*}
    for direct in $(printf '%s' "$no_proxy" | tr ',' ' ' | tr -d '*'); do
        case ".$host" in *".${direct#.}") return 0 ;; esac
    done
    return 1
}

choose_checksum_tool() {
    if have sha256sum; then
        sha256=sha256sum
    elif have shasum; then
        sha256='shasum -a 256'
    elif have openssl; then
        sha256='openssl dgst -sha256 -r'
    elif have busybox && busybox sha256sum </dev/null >/dev/null 2>&1; then
        sha256='busybox sha256sum'
    else
        die 3 "Nothing here computes a SHA-256 checksum: no sha256sum, shasum or openssl." "Install coreutils."
    fi
}

# What is split into words here are the tools named above, never anything from outside.
# shellcheck disable=SC2086
sha256_of() { $sha256 <"$1" | cut -c 1-64; }

choose_verifier() {
    verifier=none
    if have minisign; then
        verifier=minisign
        return
    fi
    for openssl in openssl /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do
        have "$openssl" || continue
        # Older ones, and LibreSSL, verify no Ed25519 on the command line.
        case "$("$openssl" version 2>/dev/null)" in
        "OpenSSL "[3-9].* | "OpenSSL "[1-9][0-9]*) verifier=openssl && return ;;
        esac
    done
    how="Install minisign or OpenSSL 3"
    [ "$os" = linux ] || how="brew install minisign"
    if [ "$checksum_only" = no ]; then
        die 6 "Nothing here can check the operator's signature: no minisign, and no OpenSSL 3 or later." \
            "$how, or trust TLS alone with --checksum-only; --help says what that means."
    elif [ "$transport" != https ] || [ "$downloader" = busybox ]; then
        die 6 "--checksum-only needs https and curl or GNU wget, or else nobody vouches for the checksums." "$how."
    fi
}

# ---- where it goes

choose_place() {
    elevate=''
    case "$where" in
    prefix)
        case "$prefix" in /*) ;; *) prefix=$PWD/$prefix ;; esac
        place=${prefix%/}/bin
        ;;
    user) user_place ;;
    default) place=/usr/local/bin ;;
    esac
    find_parent
    if [ -w "$parent" ] && [ -x "$parent" ]; then return; fi
    if [ "$where" != user ] && choose_elevation; then return; fi
    if [ "$where" != default ]; then
        die 7 "You may not write to $parent." "Choose another place with --prefix DIR, or install with --user."
    fi
    user_place
    find_parent
}

user_place() {
    case "${HOME:-}" in /*) ;; *) die 7 "HOME is not set, so there is no ~/.local/bin." "Give --prefix DIR." ;; esac
    place=$HOME/.local/bin
}

# The nearest folder that is there; what is missing below it is made when everything was checked.
find_parent() {
    parent=$place
    while [ ! -d "$parent" ]; do
        if [ -e "$parent" ] || [ -L "$parent" ]; then die 7 "$parent is in the way: it is not a folder."; fi
        parent=$(dirname -- "$parent")
    done
    program=$place/osm-agent
    [ ! -d "$program" ] || die 7 "$program is in the way: it is a folder."
}

# Both ask for the password themselves, when it comes to it; without a terminal they cannot.
choose_elevation() {
    for elevate in sudo doas; do
        have "$elevate" || continue
        if has_terminal || "$elevate" -n true </dev/null >/dev/null 2>&1; then return 0; fi
    done
    elevate=''
    return 1
}

# ---- downloading

# In the folder that the agent goes to, so that the last step is a rename; somebody else's folder is sudo's to write to.
make_workspace() {
    base=$parent
    [ -z "$elevate" ] || base=${TMPDIR:-/tmp}
    work=$(mktemp -d "${base%/}/.osm-agent.XXXXXX" 2>/dev/null) ||
        die 7 "No folder can be made in $base." "Is there room, and is it mounted for writing?"
}

# A download runs in the background, for a shell hears signals while it waits and not while it runs something.
interruptible() {
    "$@" >"$work/answer" 2>"$work/said" </dev/null &
    child=$!
    status=0
    wait "$child" || status=$?
    child=''
    return "$status"
}

# fetch NAME LIMIT: downloads it into the workspace, or ends with the reason.
fetch() {
    attempt=1
    while ! download "$OSM_URL/download/$1" "$work/$1" "$2"; do
        if [ "$fault" != network ] || [ "$attempt" = 3 ]; then explain_fault "$1"; fi
        attempt=$((attempt + 1))
        sleep 1
    done
    [ -f "$work/$1" ] || : >"$work/$1"
}

# Redirects are not followed: what a portal or a login page would answer is not an agent.
download() {
    fault='' status=0
    case "$downloader" in
    curl)
        interruptible curl -gsS --fail --proto "=$transport" --tlsv1.2 --connect-timeout 15 --speed-limit 1000 \
            --speed-time 30 --max-filesize "$3" -o "$2" -w '%{http_code}' "$1" || status=$?
        curl_fault "$status"
        ;;
    wget)
        interruptible wget -nv --no-hsts --tries=1 --timeout=30 --max-redirect=0 -O "$2" "$1" || status=$?
        wget_fault "$status"
        ;;
    busybox)
        # shellcheck disable=SC2086
        interruptible $small_wget -O "$2" "$1" || status=$?
        [ "$status" = 0 ] || fault_by_words
        ;;
    esac
    [ -z "$fault" ]
}

curl_fault() {
    case "$1" in
    0) [ "$(cat "$work/answer")" = 200 ] || fault=answer ;;
    22) fault=answer ;;
    23) fault=disk ;;
    63) fault=large ;;
    35 | 51 | 53 | 54 | 58 | 59 | 60 | 64 | 66 | 77 | 80 | 82 | 83 | 90 | 91) fault=tls ;;
    5 | 6 | 7 | 16 | 18 | 28 | 52 | 55 | 56 | 92 | 95 | 96) fault=network ;;
    *) fault=other ;;
    esac
}

wget_fault() {
    case "$1" in
    0) ;;
    3) fault=disk ;;
    4) fault=network ;;
    5) fault=tls ;;
    8) fault=answer ;;
    *) fault_by_words ;;
    esac
}

fault_by_words() {
    case "$(cat "$work/said")" in
    *"No space left"* | *"write error"*) fault=disk ;;
    *"HTTP/1."* | *"server returned error"*) fault=answer ;;
    *certificate* | *TLS* | *ssl* | *SSL*) fault=tls ;;
    *) fault=network ;;
    esac
}

# Without the password that may stand in it.
proxy_in_words() { printf '%s' "${https_proxy:-not set}" | sed 's|//[^/]*@|//...@|'; }

explain_fault() {
    said=$(its_words)
    case "$fault" in
    answer) die 4 "The server has no $OSM_URL/download/$1: ${said:-it answered $(cat "$work/answer")}" \
        "Ask your operator whether there is an agent for $os-$arch, and whether a portal stands in between." ;;
    network) die 4 "$OSM_URL cannot be reached: ${said:-no answer}" \
        "Check the network. Behind a proxy, set https_proxy=http://HOST:PORT; it is $(proxy_in_words)." ;;
    tls) die 4 "The certificate of $OSM_URL was not accepted: $said" \
        "Does something on the way open TLS, is the clock right ($(date)), is the package ca-certificates installed?" ;;
    disk) die 7 "The download cannot be written to $work: $said" \
        "Make room, or choose another place with --prefix DIR." ;;
    large) die 4 "What the server calls $1 is too large to be one: ${said}" "Ask your operator." ;;
    *) die 4 "The download of $1 failed: $said (status $status)" ;;
    esac
}

# ---- checking

check_signature() {
    sums=$work/SHA256SUMS
    case "$(sed -n '1p;3p' "$sums.minisig" | cut -c 1-18)" in
    "untrusted comment:
trusted comment: "*) ;;
    *) die 5 "What the server calls SHA256SUMS.minisig is not a signature." \
        "Does a portal or a login page stand in between?" ;;
    esac
    comment=$(sed -n '3s/^trusted comment: //p' "$sums.minisig")
    case "$verifier" in
    minisign)
        minisign -V -q -P "$OSM_SIGNING_KEY" -m "$sums" -x "$sums.minisig" </dev/null >"$work/said" 2>&1 ||
            not_signed "$(its_words)"
        ;;
    openssl) verify_with_openssl ;;
    none)
        note "the signature is not checked: nothing here can, and you said --checksum-only"
        return
        ;;
    esac
    # The same key may sign other files; their signatures are no good here.
    case "$comment" in
    *file:*)
        signed_name=${comment##*file:}
        [ "${signed_name%%[[:space:]]*}" = SHA256SUMS ] || not_signed "the signature is of another file"
        ;;
    esac
    say "signature   of the operator's key, says $verifier"
}

not_signed() {
    die 5 "The list of checksums is not signed by the operator's key: $1" \
        "Nothing was installed. Get this installer anew and try again in a minute; tell your operator if that fails."
}

# piece FILE SKIP COUNT
piece() { dd if="$1" bs=1 skip="$2" count="$3" 2>/dev/null; }

# decode TEXT SIZE FILE: base64 of exactly so many bytes.
decode() {
    printf '%s' "$1" | "$openssl" base64 -d -A >"$3" 2>/dev/null || return 1
    [ "$(wc -c <"$3" | tr -d ' ')" = "$2" ]
}

# What minisign does: Ed25519 over BLAKE2b-512 of the file, and over that signature with the trusted comment behind it.
verify_with_openssl() {
    decode "$OSM_SIGNING_KEY" 42 "$work/key" || not_signed "the key in this installer is damaged"
    decode "$(sed -n 2p "$sums.minisig")" 74 "$work/box" || not_signed "the signature is damaged"
    decode "$(sed -n 4p "$sums.minisig")" 64 "$work/global" || not_signed "the trusted comment's signature is damaged"
    piece "$work/key" 2 8 >"$work/key.id"
    piece "$work/box" 2 8 | cmp -s - "$work/key.id" || not_signed "it was signed with another key"
    piece "$work/box" 0 2 >"$work/algorithm"
    printf 'ED' | cmp -s - "$work/algorithm" || not_signed "it was signed in another way"
    {
        printf '\060\052\060\005\006\003\053\145\160\003\041\000' # a public key of Ed25519 follows
        piece "$work/key" 10 32
    } >"$work/key.der"
    piece "$work/box" 10 64 >"$work/signature"
    "$openssl" dgst -blake2b512 -binary "$sums" >"$work/digest" 2>"$work/said" ||
        die 6 "This OpenSSL computes no BLAKE2b: $(its_words)" "Install minisign."
    is_signed "$work/digest" "$work/signature" || not_signed "the signature does not match"
    {
        cat "$work/signature"
        printf '%s' "$comment"
    } >"$work/commented"
    is_signed "$work/commented" "$work/global" || not_signed "its trusted comment was changed"
}

is_signed() {
    "$openssl" pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$1" -sigfile "$2" \
        >"$work/said" 2>&1 </dev/null
}

find_checksum() {
    wanted=$(awk -v name="$artefact" '$2 == name || $2 == "*" name { print $1 }' "$sums")
    case "$wanted" in
    '') die 4 "The operator offers no agent for $os-$arch." "Ask your operator for $artefact." ;;
    *[!0-9a-f]*) die 5 "The list of checksums has no single checksum of $artefact." "Ask your operator." ;;
    esac
    [ ${#wanted} = 64 ] || die 5 "The list of checksums is damaged." "Ask your operator."
}

is_installed() { [ -f "$program" ] && [ -r "$program" ] && [ -x "$program" ] && [ "$(sha256_of "$program")" = "$wanted" ]; }

check_agent() {
    new=$work/$artefact
    found=$(sha256_of "$new")
    if [ "$found" != "$wanted" ]; then
        die 5 "$artefact is not what the operator signed: its checksum is $found, not $wanted." \
            "Nothing was installed. Try again in a minute; if that does not help, tell your operator."
    fi
    say "checksum    $wanted"
    chmod 700 "$new"
    printf '#!/bin/sh\n' >"$work/probe"
    chmod 700 "$work/probe"
    if ! "$work/probe" 2>/dev/null; then
        note "programs cannot run in $base, so the agent itself was not asked which root it trusts"
        version=''
        return
    fi
    status=0
    version=$("$new" --version 2>"$work/said" </dev/null) || status=$?
    [ "$status" = 0 ] || die 3 "The agent does not run on this $os-$arch system, libc $(libc): $(its_words) ($status)" \
        "Nothing was installed. Ask your operator for an agent that fits."
    check_root
}

check_root() {
    status=0
    "$new" trust --json >"$work/trust" 2>"$work/said" </dev/null || status=$?
    [ "$status" = 0 ] || die 5 "The agent has no operator CA to trust: $(head -n 1 "$work/said")" \
        "Nothing was installed. Ask your operator for another one."
    roots=$(sed -n 's/.*"fingerprint"[[:space:]]*:[[:space:]]*"\([0-9A-Fa-f]*\)".*/\1/p' "$work/trust" | tr 'A-F' 'a-f')
    if [ -z "$OSM_ROOT" ]; then
        say "root        $(printf '%s' "$roots" | tr '\n' ' ') (compare it with your operator's)"
        return
    fi
    printf '%s\n' "$roots" | grep -qx "$OSM_ROOT" ||
        die 5 "The agent trusts another root than this installer names: $(printf '%s' "$roots" | tr '\n' ' ')" \
            "Nothing was installed. The root should be $OSM_ROOT; tell your operator."
    say "root        $OSM_ROOT"
}

# ---- installing

install_agent() {
    check_operator
    take_token
    detect_system
    choose_downloader
    choose_checksum_tool
    choose_verifier
    choose_place
    if [ "$dry_run" = yes ]; then
        describe_install
        return
    fi
    make_workspace
    fetch SHA256SUMS 1048576
    fetch SHA256SUMS.minisig 65536
    check_signature
    find_checksum
    if is_installed; then
        version=$("$program" --version 2>/dev/null </dev/null) || version=osm-agent
        say "$version is installed already: $program"
    else
        fetch "$artefact" 536870912
        check_agent
        put_in_place
    fi
    say_path
    enroll
    install_service
}

describe_install() {
    say "would download  $OSM_URL/download/SHA256SUMS and its signature, with $downloader"
    case "$verifier" in
    none) say "would skip      the signature: nothing here can check it" ;;
    *) say "would check     the signature by $OSM_SIGNING_KEY, with $verifier" ;;
    esac
    say "would download  $artefact, unless $program is the same"
    say "would check     its checksum, and that it trusts the root ${OSM_ROOT:-that you would be shown}"
    say "would install   $program${elevate:+, with $elevate}"
    [ -z "$token_file$token" ] || say "would enrol     this device, with the invitation"
    [ "$service" = no ] || say "would install   a service that runs it"
}

put_in_place() {
    replaced=no
    [ ! -e "$program" ] || replaced=yes
    if [ -n "$elevate" ]; then
        say "placing     it in $place with $elevate, which may ask for your password"
        : >"$work/said"
        put_as_root </dev/null
    else
        { (umask 022 && mkdir -p -- "$place") && chmod 755 "$new" && mv -f -- "$new" "$program"; } 2>"$work/said"
    fi || die 7 "The agent cannot be put into $place. $(its_words)" "Choose another place with --prefix DIR or --user."
    say "installed   ${version:-osm-agent} in $program"
    [ "$replaced" = no ] ||
        say "            one that is running goes on with the former program until it is started again"
}

# shellcheck disable=SC2016
put_as_root() {
    "$elevate" sh -c '
        set -eu
        umask 022
        mkdir -p -- "$2"
        new=$(mktemp "$2/.osm-agent.XXXXXX")
        trap "rm -f -- \"\$new\"" EXIT
        cp -- "$1" "$new"
        chmod 755 "$new"
        mv -f -- "$new" "$2/osm-agent"
    ' sh "$new" "$place"
}

say_path() {
    case ":${PATH:-}:" in
    *":$place:"*)
        first=$(command -v osm-agent || :)
        if [ "$first" != "$program" ]; then note "another agent comes first on your PATH: $first"; fi
        ;;
    *)
        say "            $place is not on your PATH; add this line to your shell's profile:"
        say "            export PATH=\"$place:\$PATH\""
        ;;
    esac
}

enroll() {
    if [ -z "$token_file$token" ]; then
        say "next        osm-agent enroll --token-file FILE, with your operator's invitation; then osm-agent http 3000"
        return
    fi
    find_service_identity
    status=0
    set -- enroll ${token_file:+--token-file "$token_file"} ${identity:+--identity "$identity"}
    if [ -n "$token_file" ]; then
        "$program" "$@" </dev/null || status=$?
    else
        OSM_TOKEN=$token "$program" "$@" </dev/null || status=$?
    fi
    case "$status" in
    0) ;;
    29) say "enrolled    already; the invitation was not used" ;;
    *) die 8 "The agent is installed, but this device is not enrolled: osm-agent enroll ended with status $status." \
        "Its reason stands above. When it is gone, run this again, or: osm-agent enroll --token-file FILE" ;;
    esac
}

# A service of the system has a key of its own, where the agent says; one of a user has the user's.
find_service_identity() {
    identity=''
    if [ "$service" = no ] || [ "$(id -u)" != 0 ] || ! knows_services "$program"; then return 0; fi
    identity=$("$program" service status --json 2>/dev/null </dev/null |
        sed -n 's/.*"identity"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' | sed 's|\\/|/|g')
}

knows_services() { "$1" service --help </dev/null 2>/dev/null | grep -q 'USAGE: osm-agent service'; }

install_service() {
    [ "$service" = yes ] || return 0
    knows_services "$program" || die 9 "The agent is installed, but this version of it knows no services." \
        "Start it with: osm-agent run"
    scope=--user status=0
    [ "$(id -u)" != 0 ] || scope=''
    "$program" service install ${scope:+"$scope"} </dev/null || status=$?
    [ "$status" = 0 ] ||
        die 9 "The agent is installed, but its service is not: osm-agent service ended with status $status." \
        "Its reason stands above. When it is gone, run this again, or: osm-agent service install${scope:+ $scope}"
}

# ---- uninstalling

uninstall() {
    confirm_purge
    # Nothing is worth a stop in the middle: what can go goes, and what stays is named at the end.
    removed=no stayed=''
    case "$where" in
    default)
        remove_agent /usr/local/bin
        case "${HOME:-}" in /*) remove_agent "$HOME/.local/bin" ;; esac
        ;;
    user) user_place && remove_agent "$place" ;;
    prefix) case "$prefix" in /*) ;; *) prefix=$PWD/$prefix ;; esac && remove_agent "${prefix%/}/bin" ;;
    esac
    [ "$removed" = yes ] || say "osm-agent is not installed here"
    for_identities remove_identity
    [ -z "$stayed" ] || exit "$stayed"
}

confirm_purge() {
    identity=''
    if [ -n "${XDG_STATE_HOME:-}" ]; then
        identity=$XDG_STATE_HOME/osm-agent
    elif [ -n "${HOME:-}" ] && [ "$(uname -s)" = Darwin ]; then
        identity="$HOME/Library/Application Support/osm-agent"
    elif [ -n "${HOME:-}" ]; then
        identity=$HOME/.local/state/osm-agent
    fi
    if [ "$purge" = yes ] && [ "$yes" = no ] && [ "$dry_run" = no ]; then for_identities confirm; fi
}

# for_identities COMMAND: with each folder that holds keys: of this user and, for root, of the system's services.
for_identities() {
    case "$identity" in /*) if [ -d "$identity" ]; then "$1" "$identity"; fi ;; esac
    if [ "$where" != default ] || [ "$(id -u)" != 0 ]; then return 0; fi
    library='/Library/Application Support'
    for folder in /var/lib/osm-agent /var/lib/osm-agent-* "$library/osm-agent" "$library"/osm-agent-*; do
        if [ -d "$folder" ]; then "$1" "$folder"; fi
    done
}

confirm() {
    has_terminal || die 2 "--purge removes the device's key for good, and there is no terminal to ask on." "Add --yes."
    ask "Remove the key and the certificate in $1 for good?" || die 1 "Nothing was removed."
}

# An agent that runs by hand would go on serving without its file, for everybody to reach.
stop_agent() {
    if [ "$dry_run" = yes ]; then
        say "would run   $program stop"
    elif "$program" stop </dev/null >/dev/null 2>&1; then
        say "ended       the agent of this user that was running"
    fi
}

remove_agent() {
    place=$1 program=$1/osm-agent
    if [ ! -e "$program" ] && [ ! -L "$program" ]; then return 0; fi
    removed=yes elevate=''
    if [ ! -w "$place" ] && ! { parent=$place && choose_elevation; }; then
        note "$program stays: you may not remove it; run this as root, or with sudo or doas installed"
        stayed=7
        return 0
    fi
    remove_services
    stop_agent
    if ! act ${elevate:+"$elevate"} rm -f -- "$program"; then
        stayed=7
    elif [ "$dry_run" = no ]; then
        say "removed     $program"
    fi
}

# act COMMAND...: unless this is a dry run.
act() {
    if [ "$dry_run" = yes ]; then say "would run   $*"; else "$@" </dev/null; fi
}

# A service is there when its file is: one without a name of its own, or one of several.
remove_services() {
    knows_services "$program" || return 0
    home=${HOME:-/nonexistent}
    remove_services_in user "${XDG_CONFIG_HOME:-$home/.config}/systemd/user" "$home/Library/LaunchAgents"
    remove_services_in system /etc/systemd/system /Library/LaunchDaemons
}

# remove_services_in SCOPE FOLDER FOLDER
remove_services_in() {
    for unit in "$2"/osm-agent.service "$2"/osm-agent-*.service "$3"/osm-agent.plist "$3"/osm-agent-*.plist; do
        if [ -e "$unit" ]; then remove_service "$unit" "$1"; fi
    done
}

# remove_service DEFINITION SCOPE
remove_service() {
    # Another program's service is not this one's to remove.
    grep -qF -- "$program" "$1" || return 0
    instance=${1##*/osm-agent}
    instance=${instance%.*}
    instance=${instance#-}
    if [ "$2" = user ]; then
        act "$program" service uninstall --user ${instance:+--name "$instance"} && return 0
    else
        act ${elevate:+"$elevate"} "$program" service uninstall ${instance:+--name "$instance"} && return 0
    fi
    note "a service of $program stays: $1"
    stayed=9
}

remove_identity() {
    if [ "$purge" = no ]; then
        say "kept        the key and the certificate in $1 (--purge removes them)"
    elif ! act rm -rf -- "$1"; then
        stayed=7
    elif [ "$dry_run" = no ]; then
        say "removed     $1"
    fi
}

# ---- all of it

show_version() {
    if [ -n "$OSM_URL" ]; then say "osm-agent's installer of $OSM_URL, root ${OSM_ROOT:-not named}"; else
        say "osm-agent's installer of no operator"
    fi
    for program in /usr/local/bin/osm-agent "${HOME:-}/.local/bin/osm-agent"; do
        if [ -x "$program" ]; then say "$("$program" --version 2>/dev/null </dev/null) in $program"; fi
    done
}

clean_up() {
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null || :
        wait "$child" 2>/dev/null || :
    fi
    if [ -n "$work" ]; then rm -rf -- "$work"; fi
}

main() {
    set -eu
    umask 077
    LC_ALL=C
    export LC_ALL
    quiet=no work='' child=''
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    read_arguments "$@"
    case "$action" in
    help) usage ;;
    version) show_version ;;
    uninstall) uninstall ;;
    install) install_agent ;;
    esac
}

# Within braces, for a download that ends after the word main would run it without its options.
{ main "$@"; }
