# shellcheck shell=bash disable=SC2154
# The agent that laptops download, on systems it was not built on. Sourced by .ci/e2e.

step "other systems"
portable=$work/portable
rm -rf "$portable" && mkdir -p "$portable"
docker cp -q "$laptop:/usr/local/bin/osm-agent" "$portable/osm-agent"
# Modules for looking up names that a program without shared libraries must not load.
echo 'hosts: mymachines resolve [!UNAVAIL=return] mdns4_minimal files dns myhostname' >"$portable/nsswitch.conf"

# enrols_on IMAGE: asks by name, over TLS, for a certificate.
enrols_on() {
    in_ca invite "portable-${1//[^a-z]/-}" --json | json_value token >"$portable/token"
    docker run --rm --user 0 --network osm-e2e-home --add-host "$domain:host-gateway" --tmpfs /identity \
        -v "$PWD/$portable:/portable:ro" -v "$PWD/$portable/nsswitch.conf:/etc/nsswitch.conf:ro" \
        --entrypoint /portable/osm-agent "$1" enroll --identity /identity/device --token-file /portable/token >"$work/portable.log" 2>&1 ||
        { tail -n 5 "$work/portable.log" >&2; die "the agent does not run on $1"; }
    say "   $1: enrolled"
}
for image in debian:bullseye-slim debian:bookworm-slim debian:trixie-slim; do
    if docker image inspect "$image" >/dev/null 2>&1 || docker pull -q "$image" >/dev/null 2>&1; then enrols_on "$image"; else
        say "   LEFT OUT: $image is not here and cannot be fetched"
    fi
done

# What docs/service.md says of a container, whose image holds nothing but the program.
contained=osm-e2e-contained service=osm-e2e-service
docker run -d --name "$service" --network osm-e2e-home caddy:2 caddy respond --listen :3000 "from another container" >/dev/null
contain() {
    docker run --network osm-e2e-home --add-host "$domain:host-gateway" -v "$contained:/var/lib/osm-agent" \
        --mount "type=bind,source=$PWD/$portable/osm-agent,target=/usr/local/bin/osm-agent,readonly" "$@"
}
is_healthy() { [ "$(docker inspect -f '{{.State.Health.Status}}' "$contained")" = healthy ]; }
in_ca invite contained --json | json_value token |
    contain --rm -i osm-router/agent:e2e enroll --token-file - >"$work/contained.log" 2>&1 || die "the agent's image does not enrol; see $work/contained.log"
# Nobody resolves its public name here, by which it would visit itself.
contain -d --name "$contained" --read-only --cap-drop ALL osm-router/agent:e2e \
    http "$service:3000" --allow-private --name contained --probe false >/dev/null
# As Caddy asks: a certificate for its name is not what is tried here.
is_served() {
    "${stack[@]}" exec -T caddy wget -q -O - --header "Host: contained.$domain" --header 'X-Forwarded-Proto: https' \
        http://proxy:8080/ | grep -qx 'from another container'
}
if ! wait_until 60 is_healthy || ! is_served; then
    docker logs "$contained" >"$work/contained.log" 2>&1
    die "the agent in its own image does not serve; see $work/contained.log"
fi
docker rm -f "$contained" "$service" >/dev/null
docker volume rm "$contained" >/dev/null
say "   osm-router/agent:e2e: enrolled, healthy, and serves another container"
