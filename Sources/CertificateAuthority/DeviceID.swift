import FoundationEssentials

/// A device's identity: a UUID in lower case, as it stands in the device's certificate.
package struct DeviceID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// A fresh random one.
    package init() { description = UUID().uuidString.lowercased() }

    /// Reads a UUID of either case; throws for anything else.
    package init(_ text: String) throws {
        guard let uuid = UUID(uuidString: text) else {
            throw AuthorityError(
                .invalidInput,
                "\"\(text.prefix(100))\" is not a device id",
                next: "give a UUID such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427, or none to have one made"
            )
        }
        description = uuid.uuidString.lowercased()
    }

    /// The URI by which a device's certificate names it.
    package var uri: String { "osm://device/\(self)" }

    /// The device that a certificate's URI names, or nil.
    package init?(uri: String) {
        let prefix = "osm://device/"
        guard uri.hasPrefix(prefix), let uuid = UUID(uuidString: String(uri.dropFirst(prefix.count))) else {
            return nil
        }
        description = uuid.uuidString.lowercased()
        guard self.uri == uri else { return nil }
    }
}
