/// The installer with the three lines filled in by which it knows its operator.
struct InstallerScript {
    /// The lines in question, each as `NAME='VALUE'`.
    static let names = ["OSM_URL", "OSM_SIGNING_KEY", "OSM_ROOT"]

    private let lines: [String]

    /// Takes the script as it lies in the repository; a line that is missing or there twice is refused.
    init(_ bytes: [UInt8], path: String) throws {
        guard let text = String(validating: bytes, as: UTF8.self), text.hasPrefix("#!") else {
            throw Self.refusal(path, "is not a script")
        }
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for name in Self.names {
            let count = lines.filter { $0.hasPrefix("\(name)=") }.count
            guard count == 1 else { throw Self.refusal(path, "has \(count) lines that begin with \(name)=, not one") }
        }
    }

    private static func refusal(_ path: String, _ problem: String) -> AuthorityError {
        AuthorityError(.invalidInput, "\(path) \(problem)", next: "give the install.sh of the same release")
    }

    /// The script for one operator; none of the values can have a quote in it.
    func filled(url: DownloadAddress, signingKey: String, root: String) -> [UInt8] {
        let values = ["OSM_URL": url.description, "OSM_SIGNING_KEY": signingKey, "OSM_ROOT": root]
        let filled = lines.map { line in
            guard let value = values.first(where: { line.hasPrefix("\($0.key)=") }) else { return line }
            return "\(value.key)='\(value.value)'"
        }
        return Array(filled.joined(separator: "\n").utf8)
    }
}

/// Where laptops fetch agents: `https://HOST`, perhaps with a port, and nothing behind it.
package struct DownloadAddress: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// Reads an address; a slash at its end is taken off.
    package init(_ text: String) throws {
        let bare = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard bare.hasPrefix("https://"), Self.isAuthority(bare.dropFirst("https://".count)) else {
            throw AuthorityError(
                .invalidInput,
                "\"\(text.prefix(300))\" is not an address for downloads",
                next: "give https://HOST or https://HOST:PORT, with nothing behind it"
            )
        }
        description = bare.lowercased()
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2 else { return false }
        if parts.count == 2 {
            guard parts[1].allSatisfy(\.isNumber), let port = UInt16(parts[1]), port > 0 else { return false }
        }
        // A host name, or an IPv4 address.
        return (1...253).contains(host.utf8.count)
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): true
                default: false
                }
            }
    }
}

extension AuthorityFolder {
    /// The address of the operator's domain, where downloads are unless somebody says otherwise.
    package func downloadAddress() throws -> DownloadAddress {
        try Authority.requireAuthority(self)
        return try DownloadAddress("https://\(BundleDocument.read(read(bundle), path: bundle).domain)")
    }
}
