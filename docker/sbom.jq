# What went into the programs of one build, as SPDX 2.3. Input: Package.resolved. Arguments: $version, $epoch (seconds),
# $archives (a line for each of Debian: name, version, architecture), $swift (the toolchain's version).
def package($id; $name; $version; $from; $purl): {
    SPDXID: "SPDXRef-\($id | gsub("[^A-Za-z0-9.-]"; "-"))", name: $name, versionInfo: $version,
    downloadLocation: $from, filesAnalyzed: false, licenseConcluded: "NOASSERTION", licenseDeclared: "NOASSERTION",
    copyrightText: "NOASSERTION",
    externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: $purl}]
};

(.pins | map(
    (.location | sub("\\.git$"; "")) as $place | (.state.version // .state.revision) as $which
    | package("swift-\(.identity)"; .identity; $which; "git+\($place)@\(.state.revision)";
        "pkg:swift/\($place | sub("^https://"; ""))@\($which)")
)) as $packages
| ($archives | split("\n") | map(select(. != "") | split(" ") as [$name, $which, $kind]
    | package("deb-\($name)"; $name; $which; "NOASSERTION"; "pkg:deb/debian/\($name)@\($which | @uri)?arch=\($kind)"))) as $debs
| package("swift-toolchain"; "swift"; $swift; "https://www.swift.org"; "pkg:github/swiftlang/swift@\($swift)") as $toolchain
| package("osm-router"; "osm-router"; $version; "NOASSERTION"; "pkg:generic/osm-router@\($version)") as $whole
| ($packages + $debs + [$toolchain]) as $parts
| {
    spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", name: "osm-router-\($version)",
    documentNamespace: "urn:osm-router:sbom:\($version):\($epoch)",
    creationInfo: {created: ($epoch | todate), creators: ["Tool: docker/sbom.jq"]},
    packages: ([$whole] + $parts),
    relationships: ([{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: $whole.SPDXID}]
        + ($parts | map({spdxElementId: $whole.SPDXID, relationshipType: "STATIC_LINK", relatedSpdxElement: .SPDXID})))
}
