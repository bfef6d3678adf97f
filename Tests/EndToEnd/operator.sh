# shellcheck shell=bash disable=SC2154
# What docs/operations.md tells an operator to do. Sourced by .ci/e2e.

# Where the operator stands; what is copied out of containers ends up here.
desk=$work/operator
rm -rf "$desk" && mkdir -p "$desk"
done_sections=()

# The commands in the `sh` blocks of a section; of every section without a name.
commands_of() {
    awk -v wanted="${1:-}" '
        /^## / { section = substr($0, 4) }
        /^```/ { inside = ($0 == "```sh"); next }
        inside && (wanted == "" || section == wanted)' docs/operations.md
}

# documented SECTION: runs its commands as they stand there.
documented() {
    local section=$1 commands
    commands=$(commands_of "$section")
    [ -n "$commands" ] || die "docs/operations.md has no commands in the section \"$section\""
    [ "$build" = yes ] || commands=$(grep -v '^docker compose build$' <<<"$commands")
    (cd "$desk" && bash -euo pipefail -c "$commands") </dev/null >"$work/documented.log" 2>&1 ||
        { tail -n 30 "$work/documented.log" >&2; die "a command of docs/operations.md failed, in the section \"$section\""; }
    done_sections+=("$section")
    say "   docs/operations.md, $section: as written"
}

# every_section_done: fails when the document has commands that nobody ran.
every_section_done() {
    local section
    while IFS= read -r section; do
        [ -z "$(commands_of "$section")" ] && continue
        [[ " ${done_sections[*]/%/;} " == *" $section; "* ]] || die "nothing here runs the section \"$section\" of docs/operations.md"
    done < <(sed -n 's/^## //p' docs/operations.md)
}

# overrides_are_read: `docker compose` finds the files that the document shows where it says, and does what it says of them.
overrides_are_read() {
    local beside=$work/beside block merged
    rm -rf "$beside" && mkdir -p "$beside" && cp docker/compose.yaml "$beside"
    for block in 1 2; do
        awk -v wanted="$block" '/^```/ { inside = ($0 == "```yaml" && ++block == wanted); next } inside' docs/operations.md >"$beside/compose.override.yaml"
        merged=$(cd "$beside" && env -u COMPOSE_FILE docker compose config --format json) || die "Docker refuses an override of docs/operations.md"
        python3 - "$block" "$merged" <<'PY' || die "an override of docs/operations.md does not do what is said of it"
import json, sys
services = json.loads(sys.argv[2])["services"]
ports = [port["published"] for port in services["proxy"]["ports"]]
memory = services["proxy"]["deploy"]["resources"]["limits"]["memory"]
images = [services[name]["image"].rpartition(":")[0] for name in ("ca", "proxy", "caddy")]
policies = {service["pull_policy"] for service in services.values()}
registry = "registry.example.com/"
sys.exit(not ((ports, memory) == (["4443", "8444"], "2147483648") if sys.argv[1] == "1" else policies == {"missing"}
              and images == [registry + "osm-router/ca-tools", registry + "osm-router/proxy", registry + "caddy"]))
PY
    done
    say "   docs/operations.md, Change what Docker reads: as written"
}

in_ca() { "${stack[@]}" exec -T ca ca-tools "$@"; }
still_serves() { wait_until "${1:-30}" serves || die "the laptop is not reachable afterwards"; }

# trusts_after_upgrade N: fetches the agent that is handed out now, and looks how many roots it trusts.
trusts_after_upgrade() {
    in_laptop sh -c "curl -fsSL https://$domain/install.sh | sh" && [ "$(in_laptop osm-agent trust --json | grep -c '"fingerprint"')" = "$1" ]
}
# takes_root_offline: deletes the one key of a root that is still here, by the fingerprint of its root.
takes_root_offline() {
    local fingerprint
    fingerprint=$(in_ca offline --json | json_value root_sha256) || true # it is still here, which is what 1 says
    in_ca offline --delete --fingerprint "$fingerprint" >/dev/null || die "a root's key is still here"
}
restart_agent() {
    in_laptop pkill -TERM -f 'osm-agent http 3000 --name app' || true # one that was shut out has ended by itself
    wait_until 20 no_agent || die "the agent did not end"
    start_agent
}
no_agent() { ! in_laptop pgrep -f 'osm-agent http 3000 --name app'; }

step "what docs/operations.md says"
documented "Install"
said=$("${stack[@]}" logs --no-color ca)
for word in "/install.sh | OSM_TOKEN=" "operator-ca/offline"; do grep -qF "$word" <<<"$said" || die "the first start does not say $word"; done
for file in root.key passphrase; do [ -s "$desk/offline/$file" ] || die "$file was not copied"; done
takes_root_offline
documented "Invite a laptop"
documented "Look at it"
. Tests/EndToEnd/portable.sh
documented "Change a setting"
still_serves
overrides_are_read
documented "Upgrade"
still_serves

documented "Back up"
"${stack[@]}" down -v --timeout 5 >/dev/null 2>&1
documented "Restore, or move to another machine"
learn_public_root
still_serves 90
say "   the agent came back to the restored edge"

step "rotation"
documented "Rotate the authority"
export OSM_CA_PASSPHRASE
OSM_CA_PASSPHRASE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
"${stack[@]}" exec -T -e OSM_CA_PASSPHRASE ca ca-tools rotate begin >/dev/null
takes_root_offline
unset OSM_CA_PASSPHRASE
wait_until 60 trusts_after_upgrade 2 || die "no agent that trusts both roots was published"
restart_agent
still_serves
in_ca rotate switch >/dev/null
in_ca issue edge --name "$domain" --renew >/dev/null
restart_agent
still_serves
say "   an agent that trusts both roots is served before and after the new one issues"
if in_ca rotate finish >/dev/null 2>&1; then die "a rotation ended although a device needs the old root"; fi
in_ca rotate finish --force >/dev/null
is_gone() { ! serves; }
wait_until 20 is_gone || die "a device below the old root is still served"
wait_until 60 trusts_after_upgrade 1 || die "no agent that trusts the new root alone was published"
in_ca invite laptop-again --json | json_value token | docker exec -i "$laptop" sh -c 'cat >/root/token'
in_laptop osm-agent enroll --force --token-file /root/token >/dev/null || die "the laptop could not be enrolled below the new root"
restart_agent
still_serves
say "   after the last step the laptop is served below the new root"

step "withdrawal"
documented "Withdraw a device"
device=$(in_laptop osm-agent identity show --json | json_value device)
in_ca revoke --device "$device" --reason key-compromise >/dev/null
wait_until 10 is_gone || die "a revoked device is still served"
say "   a revoked device is not served any more"
every_section_done
