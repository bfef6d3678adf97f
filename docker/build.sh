#!/usr/bin/env bash
# Builds the programs for images, without shared libraries, and puts them into a folder with what the final stages
# need besides. Called in the build stage of the Dockerfile.
set -euo pipefail

out=$1
flags=(
    -c release --static-swift-stdlib
    -Xswiftc -static-executable -Xswiftc -enforce-exclusivity=unchecked
    # The host's own ways to look up names cannot be loaded into such a program.
    -Xswiftc -DOSM_STATIC_EXECUTABLE
    -Xlinker -s
)

mkdir -p "$out/empty"
for product in osm-proxy osm-agent ca-tools sample-origin; do
    swift build "${flags[@]}" --product "$product"
    cp "$(swift build "${flags[@]}" --show-bin-path)/$product" "$out/$product"
    if readelf -l "$out/$product" | grep -q INTERP; then
        echo "build.sh: $product asks for a dynamic linker, so it would not run everywhere" >&2
        exit 1
    fi
done
mkdir -p "$out/download"
ln "$out/osm-agent" "$out/download/osm-agent-linux-$(uname -m)"
echo 'osm:x:65532:65532:osmRouter:/var/lib/osm-agent:/sbin/nologin' >"$out/passwd"
echo 'osm:x:65532:' >"$out/group"
# What went in, for whoever has to know: the packages of Swift with their versions, and the archives of Debian.
swift package show-dependencies --format json >"$out/packages.json"
dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' libssl-dev libnghttp2-dev libyaml-dev libc6-dev libstdc++-12-dev \
    >"$out/archives.txt"
