package import FoundationEssentials

/// What the operator has bound: hosts and paths, and the devices that serve them.
package struct FixedBinding: Sendable, Equatable {
    package let host: HostPattern
    package let path: PathPrefix
    /// In lower case, each once, at least one.
    package let devices: [String]
    /// Whether a visitor stays with the device that first served it, by a cookie.
    package let isSticky: Bool

    package static let deviceLimit = 64

    package init(host: HostPattern, path: PathPrefix = .root, devices: [UUID], isSticky: Bool = false) throws(Refusal) {
        let identifiers = devices.map { $0.uuidString.lowercased() }
        guard Set(identifiers).count == identifiers.count else { throw .repeatedDevice }
        guard (1...Self.deviceLimit).contains(identifiers.count) else { throw .deviceCount }
        self.host = host
        self.path = path
        self.devices = identifiers
        self.isSticky = isSticky
    }

    /// Reads `host[/path]=device[,device...][;sticky]`; the host may be a wildcard.
    ///
    /// The last `=` divides, since a path may have others.
    package init(_ text: String) throws(Refusal) {
        guard let equals = text.lastIndex(of: "=") else { throw .noDevice }
        let site = text[..<equals]
        let slash = site.firstIndex(of: "/") ?? site.endIndex
        guard let host = HostPattern(site[..<slash]) else { throw .host }
        guard let path = slash == site.endIndex ? .root : PathPrefix(site[slash...]) else { throw .path }

        let words = text[text.index(after: equals)...].split(separator: ";", omittingEmptySubsequences: false)
        guard words.count == 1 || words.count == 2 && words[1] == "sticky" else { throw .option }
        var devices: [UUID] = []
        for word in words[0].split(separator: ",", omittingEmptySubsequences: false) {
            guard let device = UUID(uuidString: String(word)) else { throw .device }
            devices.append(device)
        }
        try self.init(host: host, path: path, devices: devices, isSticky: words.count == 2)
    }

    /// Why a binding cannot be read.
    package enum Refusal: Error, Equatable, CustomStringConvertible {
        case noDevice, host, path, device, repeatedDevice, deviceCount, option

        package var description: String {
            switch self {
            case .noDevice: "it is not host=device, such as app.example.com=6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
            case .host: "its host is neither a name such as app.example.com nor a wildcard such as *.apps.example.com"
            case .path: "its path is not a prefix such as /api"
            case .device: "its devices are not identifiers such as 6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
            case .repeatedDevice: "it names a device twice"
            case .deviceCount: "it names no device, or more than \(FixedBinding.deviceLimit)"
            case .option: "the only option after ; is sticky"
            }
        }
    }
}
