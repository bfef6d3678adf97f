import NIOCore

/// Reads server-sent events (HTML, 9.2.6) byte by byte, however they are cut.
struct EventStreamDecoder: MessageDecoder {
    /// The longest type or identifier of an event that is kept, in bytes.
    static let wordLimit = 256
    /// The longest name of a field that means anything.
    private static let nameLimit = 8

    private enum Place {
        /// In the name of a field, or at the beginning of a line.
        case name
        /// Behind the colon, where one space does not count.
        case space
        case value
    }

    private var place = Place.name
    private var name: [UInt8] = []
    private var word: [UInt8] = []
    private var event = DecodedMessage(kind: .event)
    private var hasData = false
    /// Whether the line that is being read is one of data.
    private var isData = false
    private var endedWithReturn = false
    /// Bytes of the byte order mark that have been seen; nil behind it.
    private var markBytes: Int? = 0
    let problem: String? = nil

    mutating func feed(_ data: ByteBuffer, keep: Int, found: (DecodedMessage) -> Void) {
        for byte in data.readableBytesView where !isMark(byte) {
            let isSecondHalf = endedWithReturn && byte == UInt8(ascii: "\n")
            endedWithReturn = byte == UInt8(ascii: "\r")
            if isSecondHalf { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                endLine(keep: keep, found)
            } else {
                read(byte, keep: keep)
            }
        }
    }

    /// Whether the byte belongs to the mark that may stand before everything (EF BB BF).
    private mutating func isMark(_ byte: UInt8) -> Bool {
        guard let seen = markBytes else { return false }
        guard byte == [0xEF, 0xBB, 0xBF][seen] else {
            markBytes = nil
            return false
        }
        markBytes = seen == 2 ? nil : seen + 1
        return true
    }

    private mutating func read(_ byte: UInt8, keep: Int) {
        switch place {
        case .name where byte == UInt8(ascii: ":"): beginValue(keep: keep)
        case .name: if name.count <= Self.nameLimit { name.append(byte) }
        case .space:
            place = .value
            if byte != UInt8(ascii: " ") { readValue(byte, keep: keep) }
        case .value: readValue(byte, keep: keep)
        }
    }

    private mutating func beginValue(keep: Int) {
        place = .space
        isData = isField("data")
        guard isData else { return }
        // Each line but the first is joined by a line feed.
        if hasData { event.append(CollectionOfOne(UInt8(ascii: "\n")), keep: keep) }
        hasData = true
    }

    private mutating func readValue(_ byte: UInt8, keep: Int) {
        if isData {
            event.append(CollectionOfOne(byte), keep: keep)
        } else if word.count < Self.wordLimit {
            word.append(byte)
        }
    }

    private mutating func endLine(keep: Int, _ found: (DecodedMessage) -> Void) {
        if place == .name, name.isEmpty {
            dispatch(found)
        } else {
            // A line without a colon is a field without a value.
            if place == .name { beginValue(keep: keep) }
            let text = String(decoding: word, as: UTF8.self)
            if isField("event") { event.eventName = text }
            if isField("id"), !word.contains(0) { event.eventID = text }
        }
        place = .name
        name.removeAll(keepingCapacity: true)
        word.removeAll(keepingCapacity: true)
    }

    /// A blank line: an event without data is none.
    private mutating func dispatch(_ found: (DecodedMessage) -> Void) {
        if hasData { found(event) }
        event = DecodedMessage(kind: .event)
        hasData = false
    }

    private func isField(_ field: StaticString) -> Bool { name.elementsEqual(field.description.utf8) }
}
