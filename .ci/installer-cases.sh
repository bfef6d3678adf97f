# shellcheck shell=bash disable=SC2016,SC2034,SC2154,SC2317
# The cases of .ci/installer, each a function that runs in a subshell with a folder of its own. Sourced, never run.

basic_tools=(
    awk cat chmod cmp cp cut date dd dirname getconf grep head id ls mkdir mktemp mv rm sed sh sleep tail tr uname wc
)
nobody=65534

begin_case() {
    shell=$1 box=$work/$1-$2
    case "$1" in
    dash) shell_command=(/usr/bin/dash) ;;
    bash) shell_command=(/usr/bin/bash --posix) ;;
    busybox) shell_command=(/usr/bin/busybox sh) ;;
    *) die "$1 is not a shell of these tests" ;;
    esac
    home=$box/home prefix=$box/prefix program=$box/prefix/bin/osm-agent
    site=good as=() environment=(HOME="$home") root_named=$root
    mkdir -p "$home" "$box/tmp" "$box/fake"
    with curl minisign sha256sum
}

end_case() { rm -rf "$box" "$box.log"; }

# with TOOL...: a PATH that has these besides what every system has.
with() {
    path=$work/tools/$shell-$(printf '%s-' "$@")
    [ ! -d "$path" ] || return 0
    mkdir -p "$path"
    local tool
    for tool in "${basic_tools[@]}" "$@"; do
        case "$tool" in
        small-wget) ln -s /usr/bin/busybox "$path/wget" ;;
        *) ln -s "$(type -P "$tool")" "$path/$tool" ;;
        esac
    done
}

# fake NAME: a program in front of the others, from standard input.
fake() { cat >"$box/fake/$1" && chmod 755 "$box/fake/$1"; }

write_installer() { fill "$url/$site" "$key" "$root_named" >"$box/install.sh"; }

# The environment of a person who has nothing but a home, without a terminal.
run_installer() {
    setsid -w /usr/bin/env -i --default-signal=HUP,INT,TERM TMPDIR="$box/tmp" PATH="$box/fake:$path" \
        "${environment[@]}" "${as[@]}" "${shell_command[@]}" -s -- "$@"
}

# installer STATUS PATTERN ARGUMENT...: as `curl ... | sh` runs it.
installer() {
    local wanted=$1 pattern=$2 status=0
    shift 2
    write_installer
    # shellcheck disable=SC2002
    cat "$box/install.sh" | run_installer "$@" >"$box/said" 2>&1 || status=$?
    cat "$box/said"
    [[ $status =~ ^($wanted)$ ]] || wrong "exit code $status, not $wanted"
    [ -z "$pattern" ] || grep -qE -- "$pattern" "$box/said" || wrong "did not say: $pattern"
}

wrong() { printf 'WRONG: %s\n' "$*"; exit 1; }

is_here() {
    local file=${1:-$program}
    if [ ! -x "$file" ] || ! cmp -s "$file" "$www/${2:-good}/download/$artefact"; then wrong "no agent in $file"; fi
}

# Nothing but what was there before the installer ran.
is_clean() {
    [ ! -e "$prefix" ] || wrong "left behind: $(find "$prefix")"
    no_leftovers
}
no_leftovers() {
    local left
    left=$(find "$box" -name '.osm-agent*' -o -path "$box/tmp/*" -o -name '.wget-hsts')
    [ -z "$left" ] || wrong "left behind: $left"
}

# refused STATUS PATTERN ARGUMENT...: and nothing of it is on the disk.
refused() {
    installer "$@" --prefix "$prefix"
    is_clean
}

good() {
    installer 0 "installed +osm-agent/[0-9.]+ in $program" --prefix "$prefix"
    grep -q "root        $root" "$box/said" || wrong "no root"
    [ "$(stat -c %a "$program" "$prefix/bin" | uniq)" = 755 ] || wrong "not for everybody to run"
    "$program" trust >/dev/null
    is_here
    no_leftovers
}

again() {
    installer 0 'installed  ' --prefix "$prefix"
    local before
    before=$(stat -c '%i %y' "$program")
    installer 0 'is installed already' --prefix "$prefix"
    [ "$(stat -c '%i %y' "$program")" = "$before" ] || wrong "written again"
    no_leftovers
}

# The program of a running agent cannot be written to, only replaced.
upgrade() {
    installer 0 'installed  ' --prefix "$prefix"
    cp "$(type -P sleep)" "$program"
    "$program" 60 &
    local running=$!
    site=next
    installer 0 'goes on with the former program' --prefix "$prefix"
    kill "$running" || wrong "the running one ended"
    is_here "$program" next
    no_leftovers
}

# As another user, so that one which does run has nowhere to go but the home of this case.
truncated_script() {
    as_another_user
    write_installer
    local size at
    size=$(stat -c %s "$box/install.sh")
    for at in $(seq 1 1009 "$size") $(seq $((size - 18)) $((size - 2))); do
        head -c "$at" "$box/install.sh" | run_installer --prefix "$prefix" >"$box/said" 2>&1 || true
        [ ! -e "$prefix" ] || wrong "the first $at of $size bytes did something"
        [ -z "$(ls -A "$home")" ] || wrong "the first $at of $size bytes installed something"
    done
    is_clean
}

truncated_agent() { site=short && refused 5 'is not what the operator signed'; }
interrupted_transfer() { site="cut" && refused 4 'cannot be reached'; }
interrupted_transfer_with_wget() { with wget minisign sha256sum && site="cut" && refused 4 'cannot be reached'; }
interrupted_transfer_with_small_wget() {
    with small-wget minisign sha256sum
    site="cut" && refused '[45]' 'cannot be reached|is not what'
}

# Both programs that check signatures refuse the same.
with_each_verifier() {
    local verifier
    for verifier in minisign openssl; do
        with curl "$verifier" sha256sum
        refused "$@"
    done
}
wrong_checksum() { site=badsum && with_each_verifier 5 "not signed by the operator's key"; }
wrong_signature() { site=badsig && with_each_verifier 5 "not signed by the operator's key"; }
signature_of_another_key() { site=otherkey && with_each_verifier 5 "not signed by the operator's key"; }
tampered_trusted_comment() { site=comment && with_each_verifier 5 "not signed by the operator's key"; }
signature_of_other_sums() { site=oldsums && with_each_verifier 5 "not signed by the operator's key"; }
signature_of_another_file() { site=wrongfile && with_each_verifier 5 'the signature is of another file'; }
empty_sums() { site=empty && with_each_verifier 5 "not signed by the operator's key"; }

no_signature() { site=nosig && refused 4 'SHA256SUMS.minisig.*404'; }
no_agent_on_the_server() { site=noagent && refused 4 "osm-agent-linux.*404"; }
no_agent_with_wget() { with wget minisign sha256sum && site=noagent && refused 4 "osm-agent-linux.*404"; }
no_agent_with_small_wget() { with small-wget minisign sha256sum && site=noagent && refused 4 "osm-agent-linux.*404"; }
no_agent_for_this_system() { site=unlisted && refused 4 'offers no agent for linux'; }
portal() { site=portal && refused 5 'is not a signature'; }
redirect() { site=moved && refused 4 'answered 302'; }
redirect_with_wget() { with wget minisign sha256sum && site=moved && refused 4 'redirect'; }

server_down() {
    url=http://127.0.0.1:1
    refused 4 'cannot be reached.*[Cc]onnect'
    with wget minisign sha256sum
    refused 4 'cannot be reached'
}

another_root() {
    root_named=$(printf '%064d' 7)
    refused 5 "trusts another root.*$root"
}

root_to_compare() { root_named='' && installer 0 "root +$root .compare it" --prefix "$prefix"; }

installs() {
    installer 0 "$1" --prefix "$prefix"
    is_here
    no_leftovers
}
with_wget() { with wget minisign sha256sum && installs 'says minisign'; }
with_small_wget() { with small-wget minisign busybox && installs 'says minisign'; }
with_openssl() { with curl openssl && installs 'says openssl'; }
# A system of BusyBox alone, but for what checks the signature.
with_nothing_but_busybox() {
    path=$box/applets
    mkdir "$path"
    local applet
    for applet in "${basic_tools[@]}" sha256sum wget; do
        [ "$applet" = getconf ] || ln -s /usr/bin/busybox "$path/$applet"
    done
    ln -s /usr/bin/minisign "$path/minisign"
    installer 0 'installed  ' --prefix "$prefix"
    is_here
    installer 0 'installed already' --prefix "$prefix"
    installer 0 'removed' --prefix "$prefix" --uninstall
    site=badsig && prefix=$box/elsewhere refused 5 'not signed'
}

with_old_openssl() {
    with curl sha256sum
    fake openssl <<<'#!/bin/sh
echo LibreSSL 3.3.6'
    refused 6 "Nothing here can check"
}
no_verifier() { with curl sha256sum && refused 6 'trust TLS alone with --checksum-only'; }
# As on a system of another libc, should an operator give out an agent that needs one.
an_agent_that_does_not_run() {
    site=broken
    refused 3 'does not run on this linux.*libc glibc [0-9.]+: .*not found'
}

no_downloader() { with minisign sha256sum && refused 3 'neither curl nor wget'; }
no_checksum_tool() { with curl minisign && refused 3 'Nothing here computes a SHA-256'; }

# Only TLS may stand in for a signature, and only when asked to.
checksum_only() {
    with curl sha256sum
    refused 6 'needs https' --checksum-only
    with small-wget sha256sum
    url=$tls_url
    refused 6 'needs https' --checksum-only
    with curl sha256sum
    environment+=(CURL_CA_BUNDLE="$work/tls.pem")
    installer 0 'signature is not checked' --checksum-only --prefix "$prefix"
    is_here
}
checksum_only_checks_signatures_where_it_can() { site=badsig && refused 5 'not signed' --checksum-only; }
checksum_only_checks_checksums() {
    with curl sha256sum
    url=$tls_url site=short environment+=(CURL_CA_BUNDLE="$work/tls.pem")
    refused 5 'is not what the operator signed' --checksum-only
}

untrusted_tls() {
    url=$tls_url
    refused 4 'certificate of https.* was not accepted.*certificate'
    with wget minisign sha256sum
    refused 4 'certificate of https.* was not accepted'
}

# A proxy that is not there is what is dialled, unless no_proxy names the host.
proxies() {
    url=$tls_url environment+=(CURL_CA_BUNDLE="$work/tls.pem" HTTPS_PROXY=http://127.0.0.1:1)
    refused 4 'it is http://127.0.0.1:1'
    with wget minisign sha256sum
    refused 4 'it is http://127.0.0.1:1'
    with small-wget minisign sha256sum
    refused 3 'does not go through a proxy'
    with curl minisign sha256sum
    environment+=(NO_PROXY=127.0.0.1)
    installer 0 'installed  ' --prefix "$prefix"
    with small-wget minisign sha256sum
    environment+=(NO_PROXY='.example.org, 127.0.0.1')
    installer 0 'would download' --dry-run
}

proxy_passwords_are_not_said() {
    url=$tls_url
    environment+=(https_proxy=http://me:secret@127.0.0.1:1)
    refused 4 'it is http://\.\.\.@127.0.0.1:1'
    ! grep -q secret "$box/said" || wrong "said the password"
}

read_only_place() {
    mkdir -p "$prefix"
    chmod 555 "$prefix"
    as_another_user
    installer 7 'You may not write to' --prefix "$prefix"
    chmod 755 "$prefix"
    [ -z "$(ls -A "$prefix")" ] || wrong "left behind"
    no_leftovers
}

as_another_user() {
    chmod 755 "$box"
    if [ "$(id -u)" = 0 ]; then
        as=(/usr/bin/setpriv --reuid "$nobody" --regid "$nobody" --clear-groups)
        chown -R "$nobody:$nobody" "$home" "$box/tmp"
    fi
}

# in_a_namespace COMMAND: has the installer run behind this command of sh, which may mount what nobody else sees.
in_a_namespace() {
    as=(/usr/bin/unshare -m /bin/sh -c "export PATH=\"\$PATH:/usr/bin:/bin\"; $1" sh "$prefix")
    unshare -m true 2>/dev/null || { echo "left out: only root may mount"; false; }
}

full_disk() {
    in_a_namespace 'mount -t tmpfs -o size=2m none "$1" || exit 99
        place=$1; shift; "$@"; status=$?
        [ -z "$(ls -A "$place")" ] || exit 98
        exit $status' || return 0
    mkdir -p "$prefix"
    installer 7 'cannot be written' --prefix "$prefix"
    with wget minisign sha256sum
    installer 7 'cannot be written' --prefix "$prefix"
    with small-wget minisign sha256sum
    installer 7 'cannot be written' --prefix "$prefix"
    no_leftovers
}

default_place_of_root() {
    in_a_namespace 'mount --bind "$1" /usr/local/bin && mount -t tmpfs none /var/lib || exit 99
        mkdir /var/lib/osm-agent; shift; "$@"' || return 0
    mkdir -p "$prefix"
    environment+=(PATH="$path:/usr/local/bin")
    installer 0 'installed .* in /usr/local/bin/osm-agent$'
    ! grep -q 'not on your PATH' "$box/said" || wrong "it is on the PATH"
    is_here "$prefix/osm-agent"
    installer 0 'osm-agent/[0-9.]+ in /usr/local/bin/osm-agent' --version
    installer 0 'kept .* in /var/lib/osm-agent ' --uninstall --dry-run
    is_here "$prefix/osm-agent"
    installer 0 'removed +/var/lib/osm-agent' --uninstall --purge --yes
    grep -qE 'removed +/usr/local/bin/osm-agent' "$box/said" || wrong "not removed"
    [ -z "$(ls -A "$prefix")" ] || wrong "left behind"
}

something_in_the_way() {
    mkdir -p "$program"
    installer 7 'in the way' --prefix "$prefix"
    rm -r "$prefix" && echo >"$prefix"
    installer 7 'in the way' --prefix "$prefix"
    no_leftovers
}

no_home() {
    environment=()
    installer 7 'HOME is not set' --user
    installer 0 'installed  ' --prefix "$prefix"
    environment=(OSM_TOKEN=osmi_secret)
    installer 7 "HOME is not set, so the device's key has no place" --prefix "$prefix"
    no_leftovers
}

# Everything but sudo is as this user sees it; the root of this case may write to the folder, the user may not.
with_sudo() {
    local place=$prefix/bin
    mkdir -p "$place"
    chmod 555 "$place"
    as_another_user
    [ ${#as[@]} = 0 ] || chown "$nobody" "$place"
    fake sudo <<TEXT
#!/bin/sh
[ "\$1" != -n ] || shift
printf '%s\n' "\$1" >>"$box/tmp/../home/sudo"
chmod 755 "$place"
"\$@"
status=\$?
chmod 555 "$place"
exit \$status
TEXT
    installer 0 'installed  ' --prefix "$prefix"
    is_here
    [ "$(sort -u "$home/sudo" | tr '\n' ' ')" = 'sh true ' ] || wrong "sudo ran more than the last step"
    chmod 755 "$place" # for the eyes of whoever looks
    [ "$(ls -A "$place")" = osm-agent ] || wrong "left behind"
    no_leftovers
}

# Nobody but root may write to /usr/local/bin, and there is no sudo.
default_place_of_a_user() {
    as_another_user
    if [ "$(id -u)" != 0 ] && [ -w /usr/local/bin ]; then
        echo "left out: /usr/local/bin is open to this user"
        return
    fi
    installer 0 "$home/.local/bin is not on your PATH" --yes
    is_here "$home/.local/bin/osm-agent"
    no_leftovers
}

user_place() {
    installer 0 "$home/.local/bin is not on your PATH" --user
    is_here "$home/.local/bin/osm-agent"
    environment+=(PATH="$home/.local/bin:$path")
    installer 0 'installed already' --user
    ! grep -q 'not on your PATH' "$box/said" || wrong "it is on the PATH"
}

another_agent_on_the_path() {
    fake osm-agent <<<'#!/bin/sh'
    environment+=(PATH="$box/fake:$home/.local/bin:$path")
    installer 0 "another agent comes first on your PATH: $box/fake/osm-agent" --user
}

prefix_with_spaces() {
    installer 0 'installed  ' --prefix "$box/a place  with 'quotes' and \$HOME"
    is_here "$box/a place  with 'quotes' and \$HOME/bin/osm-agent"
    installer 0 'removed' --uninstall --prefix="$box/a place  with 'quotes' and \$HOME"
    [ ! -e "$box/a place  with 'quotes' and \$HOME/bin/osm-agent" ] || wrong "still there"
}

dry_run() {
    refused 0 "would install   $program" --dry-run
    refused 0 'would enrol' --dry-run --token-file "$box/install.sh" --service
    installer 0 'would install' --dry-run --user
    [ -z "$(ls -A "$home")" ] || wrong "changed the home"
    url=http://127.0.0.1:1
    refused 0 'would download' --dry-run
}

quiet() {
    installer 0 '' --quiet --prefix "$prefix"
    [ ! -s "$box/said" ] || wrong "said something"
    is_here
}

unsupported_system() {
    fake uname <<<'#!/bin/sh
case "$1" in -s) echo "${FAKE_SYSTEM:-Linux}" ;; -m) echo "${FAKE_MACHINE:-x86_64}" ;; esac'
    environment+=(FAKE_SYSTEM=FreeBSD)
    refused 3 'no agent for FreeBSD'
    environment+=(FAKE_SYSTEM=Linux FAKE_MACHINE=riscv64)
    refused 3 'no agent for riscv64 processors'
    environment+=(FAKE_MACHINE=arm64 FAKE_SYSTEM=Darwin)
    refused 4 'offers no agent for darwin-aarch64'
    environment+=(FAKE_MACHINE=amd64 FAKE_SYSTEM=Linux)
    refused 0 'osm-agent-linux-x86_64' --dry-run
}

token_file() {
    site=record
    echo osmi_secret >"$box/invitation"
    installer 0 'installed  ' --prefix "$prefix" --token-file "$box/invitation"
    asked "enroll --token-file $box/invitation OSM_TOKEN= "
    environment+=(ENROLL_STATUS=29)
    installer 0 'the invitation was not used' --prefix "$prefix" --token-file "$box/invitation"
    environment+=(ENROLL_STATUS=44)
    installer 8 'osm-agent enroll ended with status 44' --prefix "$prefix" --token-file "$box/invitation"
    refused_arguments 2 'cannot be read' --token-file "$box/none"
    refused_arguments 2 'does not belong on a command line' --token osmi_secret
}
# asked WORDS...: what the agent was asked to do since the last time, as it wrote it down itself.
asked() {
    local words
    words=$(tr '\n' ' ' <"$home/asked")
    [ "$words" = "$*" ] || wrong "the agent was asked: $words"
    rm "$home/asked"
}
refused_arguments() { prefix=$box/elsewhere refused "$@"; }

token_in_the_environment() {
    site=record
    environment+=(OSM_TOKEN=osmi_secret)
    fake curl <<TEXT
#!/bin/sh
env -0 2>/dev/null | grep -q osmi_secret && exit 99
[ -z "\${OSM_TOKEN+x}" ] || exit 99
exec $(type -P curl) "\$@"
TEXT
    installer 0 'installed  ' --prefix "$prefix"
    asked 'enroll OSM_TOKEN=osmi_secret '
    ! grep -q osmi_secret "$box/said" || wrong "said the invitation"
}

services() {
    site=record
    local scope=' --user' identity='' definition=$home/.config/systemd/user
    [ "$(id -u)" != 0 ] || scope='' identity=' --identity /var/lib/osm-agent'
    environment+=(OSM_TOKEN=osmi_secret)
    installer 0 'installed  ' --prefix "$prefix" --service
    asked "enroll$identity OSM_TOKEN=osmi_secret service install$scope OSM_TOKEN= "
    environment+=(OSM_TOKEN='' SERVICE_STATUS=3)
    installer 9 'osm-agent service ended with status 3' --prefix "$prefix" --service
    rm "$home/asked"

    environment+=(SERVICE_STATUS=0)
    mkdir -p "$definition"
    echo "ExecStart=$program run" | tee "$definition/osm-agent.service" >"$definition/osm-agent-at-home.service"
    echo 'ExecStart=/elsewhere/osm-agent run' >"$definition/osm-agent-other.service"
    installer 0 'removed' --prefix "$prefix" --uninstall
    asked 'service uninstall --user OSM_TOKEN= service uninstall --user --name at-home OSM_TOKEN= stop OSM_TOKEN= '
    [ ! -e "$program" ] || wrong "still there"
}

service_unknown_to_the_agent() {
    if "$www/good/download/$artefact" service --help | grep -q 'USAGE: osm-agent service'; then
        echo "left out: this agent knows services"
        return
    fi
    installer 9 'knows no services' --prefix "$prefix" --service
    is_here
}

uninstall() {
    installer 0 'installed  ' --user
    HOME=$home XDG_STATE_HOME='' "$home/.local/bin/osm-agent" identity create >/dev/null 2>&1
    local key=$home/.local/state/osm-agent
    [ -d "$key" ] || wrong "no identity to keep"
    installer 0 "would run +rm" --uninstall --user --dry-run
    is_here "$home/.local/bin/osm-agent"
    installer 0 "kept +.*$key" --uninstall --user
    [ ! -e "$home/.local/bin/osm-agent" ] || wrong "still there"
    [ -d "$key" ] || wrong "removed the key"
    installer 0 'is not installed here' --uninstall --user
    installer 2 'no terminal to ask on' --uninstall --user --purge
    [ -d "$key" ] || wrong "removed the key unasked"
    installer 0 "removed +$key" --uninstall --user --purge --yes
    [ ! -e "$key" ] || wrong "kept the key"
}

# on_a_terminal STATUS PATTERN ANSWER ARGUMENT...: somebody is there to be asked.
on_a_terminal() {
    local wanted=$1 pattern=$2 answer=$3 status=0 line
    shift 3
    write_installer
    printf -v line '%q ' /usr/bin/env -i TMPDIR="$box/tmp" PATH="$box/fake:$path" "${environment[@]}" "${as[@]}" \
        "${shell_command[@]}" "$box/install.sh" "$@"
    printf '%s\n' "$answer" | setsid -w script -qec "$line" /dev/null >"$box/said" 2>&1 || status=$?
    cat "$box/said"
    [ "$status" = "$wanted" ] || wrong "exit code $status, not $wanted"
    grep -qE -- "$pattern" "$box/said" || wrong "did not say: $pattern"
}

purge_asks() {
    local key=$home/.local/state/osm-agent
    mkdir -p "$key"
    on_a_terminal 1 'Nothing was removed' n --uninstall --user --purge
    [ -d "$key" ] || wrong "removed the key"
    on_a_terminal 0 "removed +$key" y --uninstall --user --purge
    [ ! -e "$key" ] || wrong "kept the key"
}

wrong_usage() {
    refused 2 'no option --frobnicate' --frobnicate
    refused 2 'needs a value' --url= 
    refused 2 'name one place' --user
    refused 2 'goes with --uninstall' --purge
    refused 2 'neither an https' --url http://example.com
    refused 2 'is not a URL' --url 'https://example.com/$(id)'
    refused 2 'not a minisign public key' --signing-key RWshort
    refused 2 'not a SHA-256 fingerprint' --root 1234
    installer 2 'needs a value' --prefix
    fill() { cat install.sh; }
    refused 2 "not an operator's installer"
    installer 0 'EXIT STATUS' --help
    installer 0 'of no operator' --version
    refused_without_environment
}

# An installer that names its operator lets nobody in the environment name another.
refused_without_environment() {
    environment+=(OSM_URL=https://evil.example OSM_SIGNING_KEY="$key")
    refused 2 "not an operator's installer"
}

given_operator() {
    fill() { cat install.sh; }
    installer 0 "root +$root" --url "$url/good/" --signing-key "$key" --root "$root" --prefix "$prefix"
    is_here
}

# interrupted SIGNAL STATUS [group]: in the middle of the agent's download.
interrupted() {
    site=slow
    write_installer
    /usr/bin/env -i --default-signal=HUP,INT,TERM setsid /usr/bin/env TMPDIR="$box/tmp" PATH="$box/fake:$path" \
        "${environment[@]}" "${shell_command[@]}" "$box/install.sh" --prefix "$prefix" >"$box/said" 2>&1 &
    local pid=$! status=0
    wait_until 20 some_of_the_agent || wrong "the download did not begin"
    kill "-$1" -- "${3:-}$pid"
    wait "$pid" || status=$?
    cat "$box/said"
    [ "$status" = "$2" ] || wrong "exit code $status, not $2"
    is_clean
}
some_of_the_agent() { [ -n "$(find "$box" -name "$artefact" -size +0)" ]; }

interrupted_by_ctrl_c() { interrupted INT 130 -; }
ended() { interrupted TERM 143; }


cases=(
    good again upgrade truncated_script truncated_agent interrupted_transfer interrupted_transfer_with_wget
    interrupted_transfer_with_small_wget wrong_checksum wrong_signature signature_of_another_key
    tampered_trusted_comment signature_of_other_sums signature_of_another_file empty_sums no_signature
    no_agent_on_the_server no_agent_with_wget no_agent_with_small_wget no_agent_for_this_system portal redirect
    redirect_with_wget server_down another_root root_to_compare with_wget with_small_wget with_openssl
    with_nothing_but_busybox with_old_openssl no_verifier an_agent_that_does_not_run no_downloader no_checksum_tool
    checksum_only checksum_only_checks_signatures_where_it_can checksum_only_checks_checksums untrusted_tls proxies
    proxy_passwords_are_not_said read_only_place full_disk default_place_of_root something_in_the_way no_home
    with_sudo default_place_of_a_user user_place another_agent_on_the_path prefix_with_spaces dry_run quiet
    unsupported_system token_file token_in_the_environment services service_unknown_to_the_agent uninstall
    purge_asks wrong_usage given_operator interrupted_by_ctrl_c ended
)
