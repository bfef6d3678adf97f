import Crypto
import FoundationEssentials

/// Public names for endpoints that ask for none, when another one has the name that an edge would choose.
///
/// An edge chooses one name a device. These stand next to it and follow from the endpoint's own label, so that they are
/// the same with each start; what is local, such as a path, does not show in them.
struct DerivedName {
    /// The id of the device, as its certificate has it.
    let device: String

    /// A name that is not among those that are taken.
    func name(for label: String, besides taken: [String?]) -> String {
        let digest = SHA256.hash(data: Data(label.utf8))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        // Edges begin the names that they choose in the same way.
        let beginning = "d\(device.filter { $0 != "-" }.prefix(8).lowercased())"
        let names = stride(from: 4, through: 32, by: 4).lazy.map { "\(beginning)-\(digest.prefix($0))" }
        return names.first { !taken.contains($0) } ?? "\(beginning)-\(digest.prefix(48))"
    }
}
