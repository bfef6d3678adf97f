import Foundation
import TestSupport

/// An edge's certificate and key at paths where others can take their place.
struct ReplaceableFiles: Sendable {
    let certificate: String
    let key: String

    init(in folder: String, first: ThrowawayCA.Edge) throws {
        (certificate, key) = ("\(folder)/edge.pem", "\(folder)/edge.key")
        try put(first)
    }

    func put(_ edge: ThrowawayCA.Edge) throws {
        try Data(contentsOf: URL(filePath: edge.keyPath)).write(to: URL(filePath: key))
        try Data(contentsOf: URL(filePath: edge.chainPath)).write(to: URL(filePath: certificate))
    }
}
