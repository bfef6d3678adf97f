package import Trust

extension EdgeTarget {
    /// Whom an agent dials.
    ///
    /// - Parameters:
    ///   - addresses: What somebody said; when empty, what the operator's bundle says counts.
    ///   - bundle: The operator's.
    ///   - name: The name that each edge's certificate must carry; nil for the edge's own.
    /// - Returns: None when neither names an edge that can be read.
    package static func targets(_ addresses: [EdgeAddress], of bundle: OperatorBundle, name: String?) -> [EdgeTarget] {
        var addresses = addresses
        if addresses.isEmpty { addresses = bundle.edges.compactMap { EdgeAddress($0) } }
        if addresses.isEmpty { addresses = [EdgeAddress(bundle.domain)].compactMap { $0 } }
        return addresses.map { EdgeTarget($0, of: bundle, name: name) }
    }

    /// One edge, known by `name`, or else by the name that it has for the operator.
    package init(_ address: EdgeAddress, of bundle: OperatorBundle, name: String?) {
        self.init(address: address, serverName: name ?? Self.certificateName(of: address, bundle))
    }

    /// An address has no name of its own, so the certificate must then carry the operator's domain.
    private static func certificateName(of edge: EdgeAddress, _ bundle: OperatorBundle) -> String {
        let host = edge.host
        let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } || host == "localhost"
        return isAddress ? bundle.domain : host
    }
}
