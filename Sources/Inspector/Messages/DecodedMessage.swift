import NIOCore

/// A message as it was cut out of a stream of bytes.
struct DecodedMessage: Sendable, Equatable {
    var kind: StreamMessage.Kind
    /// All bytes of the payload; ``bytes`` are the first of them.
    var size = 0
    var bytes: [UInt8] = []
    var isCompressed = false
    var closeCode: Int?
    var eventName: String?
    var eventID: String?

    /// Copies what there is room for and counts the rest.
    mutating func append(_ data: some Collection<UInt8>, keep: Int) {
        let (sum, overflow) = size.addingReportingOverflow(data.count)
        size = overflow ? .max : sum
        if bytes.count < keep { bytes.append(contentsOf: data.prefix(keep - bytes.count)) }
    }

    /// Lets go of what there is no room for.
    mutating func keepOnly(_ limit: Int) {
        if bytes.count > limit { bytes = Array(bytes.prefix(max(0, limit))) }
    }
}

/// Cuts one direction of a stream into messages, as they pass and in bounded memory.
protocol MessageDecoder {
    /// Why the bytes can no longer be read; nothing comes any more once it is set.
    var problem: String? { get }

    /// Reads a piece of the stream.
    ///
    /// - Parameters:
    ///   - data: The bytes, of which nothing is kept that belongs to no payload.
    ///   - keep: How many bytes of payload may be kept from now on.
    ///   - found: Told each message that is complete.
    mutating func feed(_ data: ByteBuffer, keep: Int, found: (DecodedMessage) -> Void)
}
