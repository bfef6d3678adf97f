import AdminHTTP
import FoundationEssentials
import NIOCore
import NIOPosix

/// Runs a server for as long as `body` runs, and waits until it has ended.
func withServer(
    _ server: AdminServer,
    _ body: (AdminAddress) async throws -> Void
) async throws {
    let (addresses, continuation) = AsyncStream.makeStream(of: AdminAddress.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { continuation.finish() }
            try await server.run { address in continuation.yield(address) }
        }
        var iterator = addresses.makeAsyncIterator()
        guard let address = await iterator.next() else {
            try await group.waitForAll()
            throw CancellationError()
        }
        try await body(address)
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// Makes a new folder for one test and removes it with everything in it.
func withFolder<Value: Sendable>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = "/tmp/osm-test-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(path))
    } catch {
        result = .failure(error)
    }
    try FileManager.default.removeItem(atPath: path)
    return try result.get()
}

/// Sends raw bytes and returns everything that comes back until the server closes.
func exchange(_ bytes: String, at address: AdminAddress) async throws -> String {
    guard case .tcp(let host, let port) = address else { throw CancellationError() }
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        var received = ByteBuffer()
        do {
            try await outbound.write(ByteBuffer(string: bytes))
            for try await var part in inbound { received.writeBuffer(&part) }
        } catch is IOError {
            // A server that closes on bytes that it has not read ends the connection with a reset.
        } catch ChannelError.ioOnClosedChannel {
            // Its deadline was over before the bytes were written.
        }
        return String(buffer: received)
    }
}
