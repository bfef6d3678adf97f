// swift-tools-version: 6.2
import PackageDescription

// What the compiler asks of every Swift target, so that no reviewer has to.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// Only `./dev fuzz` sets this: what it needs of the toolchain is no business of a build that people install.
let isFuzzing = Context.environment["OSM_FUZZ"] == "1"
let instrumentation: [SwiftSetting] =
    isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])] : []

// The libraries from outside, by the name under which a target lists them.
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A room of the package: `Sources/NAME`, compiled with the house settings.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings + instrumentation)
}

/// The tests of one room, in `Tests/NAMETests`.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        exclude: exclude,
        swiftSettings: settings
    )
}

/// A program of a document, with the settings of a package that knows nothing of ours.
func example(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["Agent"] + dependencies,
        path: "Tests/Examples/\(name)",
        swiftSettings: [.treatAllWarnings(as: .error)]
    )
}

let package = Package(
    name: "osm-router",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Agent", targets: ["Agent"]),
        .executable(name: "osm-agent", targets: ["osm-agent"]),
        .executable(name: "osm-proxy", targets: ["osm-proxy"]),
        .executable(name: "ca-tools", targets: ["ca-tools"]),
        .executable(name: "sample-origin", targets: ["sample-origin"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Layer 0: C rooms.
        .systemLibrary(name: "CAllocator"),
        .systemLibrary(name: "CNameService"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CNGHTTP2",
            pkgConfig: "libnghttp2",
            providers: [.apt(["libnghttp2-dev"]), .brew(["libnghttp2"])]
        ),
        .systemLibrary(
            name: "CYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]
        ),

        // Layer 1: vocabulary, no I/O but that of Telemetry, which writes logs.
        room("HTTPFields", [nioCore]),
        room("HTTP1", ["HTTPFields", nioCore]),
        room("ProxyProtocol", [nioCore]),
        room("TunnelProtocol", [nioCore]),
        room("Trust", [x509, asn1, crypto]),
        room("Settings"),
        room("Telemetry", [nioPosix, logging, coreMetrics]),

        // Layer 1: owners and transports.
        room("ConfigurationFile", ["CYAML", "Settings"]),
        room("HTTP2", ["CNGHTTP2", "HTTPFields", nioCore]),
        room("Cryptography", ["COpenSSL"]),
        room("TunnelTLS", ["Trust", nioCore, nioSSL, nioTLS]),
        room("AdminHTTP", [nioCore, nioPosix, nioHTTP1]),

        // Layer 2: engines.
        room(
            "Agent",
            [
                "HTTPFields", "HTTP1", "HTTP2", "ProxyProtocol", "TunnelProtocol", "Trust", "TunnelTLS", "AdminHTTP",
                "Telemetry", nioCore, nioPosix, nioSSL, nioTLS, crypto, cryptoExtras, logging, metrics, lifecycle,
            ]
        ),
        room(
            "Edge",
            [
                "CAllocator", "HTTPFields", "HTTP1", "HTTP2", "ProxyProtocol", "TunnelProtocol", "Trust", "TunnelTLS",
                "AdminHTTP", "Telemetry", nioCore, nioPosix, nioSSL, crypto, logging, metrics, lifecycle,
            ]
        ),
        room(
            "CertificateAuthority",
            [
                "Cryptography", "Trust", "TunnelProtocol", "Settings", "AdminHTTP", nioCore, nioPosix, logging,
                lifecycle,
            ]
        ),
        room(
            "Inspector",
            ["HTTPFields", "AdminHTTP", nioCore, crypto, logging, lifecycle],
            // Its page becomes part of the program: there is nothing to install beside a binary.
            resources: [.embedInCode("Page")]
        ),

        // Layer 3: executables.
        .executableTarget(
            name: "osm-agent",
            dependencies: [
                "CNameService", "Agent", "Inspector", "HTTPFields", "HTTP1", "HTTP2", "ProxyProtocol", "Trust",
                "TunnelProtocol", "TunnelTLS", "AdminHTTP", "Telemetry", "Settings", "ConfigurationFile", nioCore,
                nioPosix, nioSSL, crypto, arguments, lifecycle, signals, logging,
            ],
            swiftSettings: settings,
            plugins: ["EmbedOperatorCA"]
        ),
        .executableTarget(
            name: "osm-proxy",
            dependencies: [
                "Edge", "HTTP1", "HTTP2", "TunnelProtocol", "AdminHTTP", "Telemetry", "Settings", "ConfigurationFile",
                nioCore, arguments, lifecycle, signals, logging, metrics, coreMetrics,
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ca-tools",
            dependencies: [
                "CertificateAuthority", "TunnelProtocol", "AdminHTTP", "Telemetry", "Settings", nioCore, arguments,
                lifecycle,
                signals,
                logging,
            ],
            path: "ca-tools",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "sample-origin",
            dependencies: [nioCore, nioPosix, nioHTTP1, nioWebSocket, crypto, arguments],
            swiftSettings: settings
        ),

        // What docs/embedding.md shows, built and run as an app author would have it.
        example("embed-answer"),
        example("embed-forward"),
        example("embed-service", [lifecycle, logging]),

        // The operator CA becomes a resource of the agent at build time.
        .executableTarget(name: "embed-operator-ca", swiftSettings: settings),
        .plugin(
            name: "EmbedOperatorCA",
            capability: .buildTool(),
            dependencies: ["embed-operator-ca"],
            path: "Sources/EmbedOperatorCA"
        ),

        // Tests, in the order of the rooms.
        .target(
            name: "TestSupport",
            dependencies: [
                "CertificateAuthority", "Cryptography", "Trust", "Settings", "AdminHTTP", logging,
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .target(
            name: "FuzzInvariants",
            dependencies: [
                "HTTPFields", "HTTP1", "HTTP2", "ProxyProtocol", "TunnelProtocol", "Trust", "TunnelTLS", "AdminHTTP",
                "Agent", "Edge", "Inspector", nioCore, x509,
            ],
            path: "Tests/FuzzInvariants",
            // What is internal to a room can be tested in debug builds, and in those of the fuzzer.
            swiftSettings: settings + (isFuzzing ? [.define("FUZZING")] : [])
        ),
        tests("FuzzInvariants"),
        tests("HTTPFields", [nioCore]),
        tests("HTTP1", ["HTTPFields", nioCore]),
        tests("ProxyProtocol", [nioCore]),
        tests("TunnelProtocol", [nioCore]),
        tests("Trust", ["TestSupport", "CertificateAuthority", "Settings", x509, asn1, crypto]),
        tests("Settings"),
        tests("ConfigurationFile", ["Settings"]),
        tests("Telemetry", [logging, coreMetrics]),
        tests("HTTP2", ["HTTPFields", nioCore, nioEmbedded]),
        tests("Cryptography"),
        tests("TunnelTLS", ["TestSupport", "Trust", nioCore, nioPosix, nioEmbedded, nioSSL]),
        tests("AdminHTTP", ["TestSupport", nioCore, nioPosix]),
        tests(
            "Agent",
            [
                "TestSupport", "HTTP1", "HTTP2", "HTTPFields", "ProxyProtocol", "TunnelProtocol", "Trust", "TunnelTLS",
                nioCore, nioPosix, nioEmbedded, nioSSL, logging,
            ]
        ),
        tests(
            "Edge",
            [
                "TestSupport", "Agent", "HTTP1", "HTTP2", "HTTPFields", "ProxyProtocol", "TunnelProtocol", "Trust",
                "TunnelTLS", "Telemetry", "AdminHTTP",
                nioCore, nioPosix, nioEmbedded, nioSSL, logging, coreMetrics,
            ]
        ),
        tests("Inspector", ["HTTPFields", "AdminHTTP", nioCore, nioPosix, logging]),
        tests(
            "osm-agent",
            [
                "TestSupport", "Agent", "Inspector", "HTTPFields", "ProxyProtocol", "TunnelProtocol", "Trust",
                "AdminHTTP",
                "Settings", "ConfigurationFile", nioCore, nioPosix, nioHTTP1, logging,
            ],
            exclude: ["Configuration/Fixtures", "Service/Goldens", "Terminal/Goldens"]
        ),
        tests("osm-proxy", ["TestSupport", "Edge", "HTTP1", "HTTP2", "Telemetry", "Settings", nioCore]),
        tests(
            "CertificateAuthority",
            [
                "TestSupport", "Cryptography", "Trust", "TunnelProtocol", "Settings", "AdminHTTP", nioCore, logging,
                x509, asn1,
            ]
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["TestSupport", "Inspector", "AdminHTTP", "HTTPFields", nioCore, nioPosix, logging],
            exclude: [
                "Agent/either.py", "Differential/Programs", "Doctor/Programs", "Foreign/Programs", "Inspector/Programs",
                "Overload/crowd.py", "Tunnel/bursts.py",
                "Tunnel/h2visitor.py", "Tunnel/relay.py", "Tunnel/sidecar.py", "Tunnel/websocket.py",
                "Terminal/Programs",
            ],
            swiftSettings: settings
        ),
    ]
)

// The program that looks for inputs nobody thought of.
if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: ["FuzzInvariants"],
            path: "Tests/Fuzzing/Driver",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
        )
    )
}

#if os(macOS)
// Apple's toolchains have no FoundationEssentials: there the name stands for Foundation as it is.
for target in package.targets where target.type != .system && target.type != .plugin {
    target.dependencies.append("FoundationEssentials")
}
package.targets.append(.target(name: "FoundationEssentials", path: "Sources/AppleFoundation"))
#endif
