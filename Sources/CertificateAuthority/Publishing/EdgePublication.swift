import Cryptography

/// What one edge needs, kept up to date in a folder that it can read.
package struct EdgePublication: Sendable {
    private let name: DomainName?
    private let place: String

    /// - Parameters:
    ///   - name: Which edge; nil for the one that the bundle names first, or else the only one.
    ///   - place: The folder to write to, which must be there.
    package init(_ name: DomainName? = nil, to place: String) {
        self.name = name
        self.place = place
    }

    /// Writes what differs, each file in one step, and answers the names.
    ///
    /// Only the edge may read its key: a file that is there keeps its owner, its group and its mode. The key goes before
    /// the certificate, so that an edge which looks in between finds a pair or, once, one that does not fit yet.
    package func write(for folder: AuthorityFolder) throws -> [String] {
        let name = try name ?? folder.firstEdge()
        let files: [(name: String, source: String, mode: UInt32)] = [
            ("edge.key", folder.edgeKey(name), 0o640),
            ("edge.pem", folder.edge(name), 0o644),
            ("operator-ca.json", folder.bundle, 0o644),
            ("devices.crl", folder.revocationLists(.device), 0o644),
        ]
        return try files.compactMap { file in
            let bytes = try folder.read(file.source)
            let path = "\(place)/\(file.name)"
            guard read(path) != bytes else { return nil }
            try at(path) { try DurableFile.replaceInKind(path, bytes, mode: file.mode) }
            return file.name
        }
    }

    private func read(_ path: String) -> [UInt8]? {
        do { return try DurableFile.read(path, limit: AuthorityFolder.fileLimit) } catch { return nil }
    }
}

extension AuthorityFolder {
    /// The names of the edges that have a certificate.
    func edgeNames() throws -> [DomainName] {
        try entries(of: edges).filter { !$0.hasPrefix(".") }.map { try DomainName($0) }
            .filter { DurableFile.mode(edge($0)) != nil }
    }

    /// The edge that the bundle names first, or else the only one there is.
    func firstEdge() throws -> DomainName {
        let names = try edgeNames()
        let bundle = try BundleDocument.read(read(bundle), path: bundle)
        for address in bundle.edges {
            let host = address.split(separator: ":").dropLast().joined(separator: ":")
            if let name = names.first(where: { $0.description == host }) { return name }
        }
        guard let name = names.first, names.count == 1 else {
            throw AuthorityError(
                .invalidInput,
                "\(edges) has \(names.count) edges, and the bundle names none of them",
                next: "say which one with --publish-edge"
            )
        }
        return name
    }
}
