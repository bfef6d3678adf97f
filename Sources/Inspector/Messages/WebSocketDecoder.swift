import NIOCore

/// Reads one direction of a WebSocket (RFC 6455, 5.2) as it passes: frames in, messages out.
///
/// It looks on and enforces nothing it need not know: masks are undone where there are any, whoever sent them.
struct WebSocketDecoder: MessageDecoder {
    private enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA
    }

    private struct Frame {
        let opcode: Opcode
        let isLast: Bool
        let mask: [UInt8]
        var remaining: Int
        var offset = 0
    }

    private var header: [UInt8] = []
    private var frame: Frame?
    /// A text or binary message whose last frame has not ended.
    private var message: DecodedMessage?
    /// A control frame may stand between the frames of a message.
    private var control: DecodedMessage?
    private(set) var problem: String?

    mutating func feed(_ data: ByteBuffer, keep: Int, found: (DecodedMessage) -> Void) {
        var data = data.readableBytesView
        while problem == nil {
            if frame != nil {
                readPayload(&data, keep: keep)
                guard frame?.remaining == 0 else { return }
                endFrame(found)
            } else {
                guard let byte = data.popFirst() else { return }
                header.append(byte)
                if header.count == headerLength { beginFrame() }
            }
        }
    }

    /// Two bytes, the longer length, the mask.
    private var headerLength: Int {
        guard header.count >= 2 else { return 2 }
        let extra =
            switch header[1] & 0x7F {
            case 126: 2
            case 127: 8
            default: 0
            }
        return 2 + extra + (header[1] & 0x80 == 0 ? 0 : 4)
    }

    // MARK: Frames

    private mutating func beginFrame() {
        let maskLength = header[1] & 0x80 == 0 ? 0 : 4
        let extended = header[2..<(header.count - maskLength)]
        let short = UInt64(header[1] & 0x7F)
        let length = extended.isEmpty ? short : extended.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let mask = Array(header.suffix(maskLength))
        let first = header[0]
        header.removeAll(keepingCapacity: true)

        guard let remaining = Int(exactly: length) else {
            return fail("a frame of a WebSocket has an impossible length")
        }
        guard let opcode = Opcode(rawValue: first & 0x0F), first & 0x30 == 0 else {
            return fail("a frame of a WebSocket is of an unknown kind")
        }
        let frame = Frame(opcode: opcode, isLast: first & 0x80 != 0, mask: mask, remaining: remaining)
        begin(frame, isCompressed: first & 0x40 != 0)
    }

    private mutating func begin(_ frame: Frame, isCompressed: Bool) {
        switch frame.opcode {
        case .continuation:
            guard message != nil else { return fail("a WebSocket goes on with a message that it did not begin") }
        case .text, .binary:
            guard message == nil else { return fail("a WebSocket begins a message within another") }
            message = DecodedMessage(kind: frame.opcode == .text ? .text : .binary, isCompressed: isCompressed)
        case .close: control = DecodedMessage(kind: .close)
        case .ping: control = DecodedMessage(kind: .ping)
        case .pong: control = DecodedMessage(kind: .pong)
        }
        guard control == nil || (frame.isLast && frame.remaining <= 125) else {
            return fail("a control frame of a WebSocket is too long or cut")
        }
        self.frame = frame
    }

    private mutating func readPayload(_ data: inout ByteBufferView, keep: Int) {
        guard var current = frame else { return }
        let piece = data.prefix(current.remaining)
        // What will not be kept need not be unmasked.
        let room = control != nil ? 125 : max(0, keep - (message?.bytes.count ?? 0))
        let kept = piece.prefix(room).enumerated().map { index, byte in
            current.mask.isEmpty ? byte : byte ^ current.mask[(current.offset + index) & 3]
        }
        if control != nil {
            control?.append(kept, keep: room)
        } else {
            message?.append(kept, keep: .max)
            message?.skip(piece.count - kept.count)
        }
        current.offset = (current.offset + piece.count) & 3
        current.remaining -= piece.count
        data = data.dropFirst(piece.count)
        frame = current
    }

    private mutating func endFrame(_ found: (DecodedMessage) -> Void) {
        guard let ended = frame else { return }
        frame = nil
        if var control {
            if control.kind == .close { control.readCloseCode() }
            found(control)
            self.control = nil
        } else if ended.isLast, let message {
            found(message)
            self.message = nil
        }
    }

    private mutating func fail(_ sentence: String) {
        problem = sentence
        message = nil
        control = nil
    }
}

extension DecodedMessage {
    /// Counts bytes that are not kept.
    mutating func skip(_ count: Int) {
        let (sum, overflow) = size.addingReportingOverflow(count)
        size = overflow ? .max : sum
    }

    /// Takes the status code off the payload of a close frame (RFC 6455, 5.5.1); what is left is its reason.
    fileprivate mutating func readCloseCode() {
        guard bytes.count >= 2 else { return }
        closeCode = Int(bytes[0]) << 8 | Int(bytes[1])
        bytes.removeFirst(2)
        size -= 2
    }
}
