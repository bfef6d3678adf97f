# shellcheck shell=bash disable=SC2154
# What visitors see. Sourced by .ci/e2e.

step "visitors"
[ "$(visit --http1.1 -o /dev/null -w '%{http_version} %{http_code}' "https://app.$domain/")" = "1.1 200" ] || die "no answer over HTTP/1.1"
[ "$(visit --http2 -o /dev/null -w '%{http_version} %{http_code}' "https://app.$domain/")" = "2 200" ] || die "no answer over HTTP/2"
say "   HTTP/1.1 and HTTP/2 answer"
headers=$(visit -D - -o /dev/null "https://app.$domain/")
grep -qi '^strict-transport-security:' <<<"$headers" || die "no Strict-Transport-Security"
if grep -qi '^server: *caddy' <<<"$headers"; then die "Caddy says its name"; fi
seen=$(visit -H 'X-Forwarded-For: 6.6.6.6' -H 'Forwarded: for=6.6.6.6' "https://app.$domain/headers")
if grep -q '6\.6\.6\.6' <<<"$seen"; then die "a visitor's word about his own address reached the service"; fi
say "   what visitors claim about themselves does not reach the service"

# Standard input that says nothing lets it talk for its two seconds.
talk=$(sleep 5 | python3 Tests/EndToEnd/visitors.py "app.$domain" "$work/public.pem" websocket 2 | tail -n 1)
say "   WebSocket: $talk"
if ! grep -q '"cut": false' <<<"$talk" || [ "$(json_value said <<<"$talk")" -lt 5 ]; then die "the WebSocket was cut"; fi

# Five events, 300 ms apart: the first has to be there long before the last.
arrivals=$(visit -N "https://app.$domain/events?ms=300&count=5" | while IFS= read -r line; do
    case "$line" in id:*) date +%s%3N ;; esac
done)
spread=$(($(tail -n 1 <<<"$arrivals") - $(head -n 1 <<<"$arrivals")))
if [ "$(wc -l <<<"$arrivals")" != 5 ] || [ "$spread" -lt 900 ]; then die "events came together: $arrivals"; fi
say "   five events, 300 ms apart, came over $spread ms"

gib=$((1024 * 1024 * 1024))
got=$(visit --max-time 300 -o /dev/null -w '%{size_download} %{time_total}' "https://app.$domain/download?bytes=$gib")
[ "${got% *}" = "$gib" ] || die "of a GiB came ${got% *} bytes"
say "   a GiB down in ${got#* } s"
head -c "$gib" /dev/zero | visit --max-time 300 -T - -H 'Expect:' -o "$work/upload" -w '   a GiB up in %{time_total} s\n' \
    "https://app.$domain/upload" || die "a GiB up failed"
grep -q "$gib" "$work/upload" || die "of a GiB up arrived: $(head -c 200 "$work/upload")"

step "names"
if visit -o /dev/null "https://nobody.$domain/" 2>/dev/null; then die "a name that nobody serves got a certificate"; fi
say "   a name that nobody serves gets no certificate"
docker exec -d "$laptop" sh -c 'exec osm-agent http 3000 --name fresh >>/root/agent.log 2>&1'
began=$(date +%s%N)
fresh() { [ "$(visit -o /dev/null -w '%{http_code}' "https://fresh.$domain/status/200")" = 200 ]; }
wait_until 10 fresh || die "the new name does not answer"
took=$(seconds_since "$began")
say "   a new name answered $took s after it was asked for, its certificate included"
[ "${took%.*}" -lt 5 ] || die "a new name took five seconds or more"
