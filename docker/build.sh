#!/usr/bin/env bash
# Builds the programs without shared libraries, and lays out a folder for each image and one with what is handed out:
# the programs, their sums, and what went into them. Called in the build stage of the Dockerfile.
#
# usage: build.sh OUT VERSION
#
# SOURCE_DATE_EPOCH is the time of every file (the Unix epoch without it), so that one source makes the same bytes twice.
set -euo pipefail

out=$1 version=$2
epoch=${SOURCE_DATE_EPOCH:-0}
machine=$(uname -m)
artefacts=$out/artefacts
flags=(
    -c release --static-swift-stdlib
    -Xswiftc -static-executable -Xswiftc -enforce-exclusivity=unchecked
    # The host's own ways to look up names cannot be loaded into such a program.
    -Xswiftc -DOSM_STATIC_EXECUTABLE
    # Without this the compiler leaves a hash in each module that is another one each time.
    -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen
    -Xlinker -s
)
archives=(libssl-dev libnghttp2-dev libyaml-dev libc6-dev libstdc++-12-dev)

mkdir -p "$artefacts"
for product in osm-proxy osm-agent ca-tools sample-origin; do
    swift build "${flags[@]}" --product "$product"
    cp "$(swift build "${flags[@]}" --show-bin-path)/$product" "$artefacts/$product-linux-$machine"
    if readelf -l "$artefacts/$product-linux-$machine" | grep -q INTERP; then
        echo "build.sh: $product asks for a dynamic linker, so it would not run everywhere" >&2
        exit 1
    fi
done
swift_version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9.]+).*/\1/p' | head -n 1)
jq --arg version "$version" --argjson epoch "$epoch" --arg swift "$swift_version" \
    --arg archives "$(dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' "${archives[@]}")" \
    -f docker/sbom.jq Package.resolved >"$artefacts/sbom.spdx.json"
(cd "$artefacts" && sha256sum -- *-linux-* sbom.spdx.json >SHA256SUMS)

# image NAME PROGRAM [FOLDER...]: what every image has, its program, and folders that it may write to.
image() {
    local root=$out/$1 program=$2 folder
    shift 2
    mkdir -p "$root/etc" "$root/usr/local/bin" "$root/usr/share/doc/osm-router"
    echo 'osm:x:65532:65532:osmRouter:/var/lib/osm-agent:/sbin/nologin' >"$root/etc/passwd"
    echo 'osm:x:65532:' >"$root/etc/group"
    cp "$artefacts/sbom.spdx.json" "$root/usr/share/doc/osm-router/"
    cp "$artefacts/$program-linux-$machine" "$root/usr/local/bin/$program"
    for folder; do
        mkdir -p "$root$folder"
        chown 65532:65532 "$root$folder"
    done
}
image agent osm-agent /var/lib/osm-agent
image proxy osm-proxy
image ca-tools ca-tools /var/lib/osm-router /edge /issuer /srv/osm-router
image sample-origin sample-origin

# Certificate authorities of the public internet, which an agent never asks about tunnels, only about services behind it
# that speak TLS.
mkdir -p "$out/agent/etc/ssl/certs"
cp /etc/ssl/certs/ca-certificates.crt "$out/agent/etc/ssl/certs/"
# What is handed to laptops: agents that trust nobody until an operator's CA is baked in, and their installer.
mkdir -p "$out/ca-tools/usr/share/osm-router"
cp "$artefacts/osm-agent-linux-$machine" install.sh "$out/ca-tools/usr/share/osm-router/"

find "$out" -mindepth 1 -exec touch --no-dereference --date "@$epoch" {} +
