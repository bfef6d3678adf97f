#if DEBUG || FUZZING
import HTTPFields
import NIOCore
import ProxyProtocol

@testable import Agent

/// What an agent reads in the request of a TCP stream, and tells a local service.
enum StreamInvariants {
    static func visitorAddresses(_ bytes: [UInt8]) throws {
        let fields = WrittenLines.fields(bytes)
        let addresses = VisitorAddresses(fields)
        for address in [addresses.visitor, addresses.listener].compactMap({ $0 }) {
            try require(address.ipAddress != nil && address.port != nil, "an address is not one of the network")
        }
        for version in [ProxyHeader.Version.v1, .v2] {
            var header = addresses.header(version: version)
            guard let read = try ProxyHeader.read(from: &header) else {
                throw BrokenInvariant(description: "a local service gets half a header")
            }
            try require(header.readableBytes == 0, "a local service gets more than a header")
            guard case .proxied(let connection) = read else { continue }
            let again = ProxiedConnection(from: connection.source, to: connection.destination)
            try require(again == connection, "an address changes in the header")
            try require(connection.source.port == addresses.visitor?.port, "another port is told")
            try require(connection.destination.port == addresses.listener?.port, "another port is told")
        }
    }
}
#endif
