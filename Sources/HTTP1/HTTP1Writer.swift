package import HTTPFields
package import NIOCore

/// Writes heads and chunks of HTTP/1.1.
///
/// Whatever is written is checked again: no name or value with a byte that could begin a new line ever leaves, so a
/// mistake further up cannot become a smuggled message. What is refused leaves the buffer as it was.
package enum HTTP1Writer {
    /// Writes `HTTP/1.1 200 OK`; a status is three digits long, which is up to the caller.
    package static func statusLine(_ status: Int, into buffer: inout ByteBuffer) {
        let phrase = StatusPhrase.of(status)
        FieldBytes.write(to: &buffer, capacity: 15 + phrase.utf8.count) { bytes in
            bytes.append("HTTP/1.1 ")
            bytes.append(UInt8(ascii: "0") + UInt8(status / 100 % 10))
            bytes.append(UInt8(ascii: "0") + UInt8(status / 10 % 10))
            bytes.append(UInt8(ascii: "0") + UInt8(status % 10))
            bytes.append(" ")
            bytes.append(text: phrase)
            bytes.append("\r\n")
        }
    }

    /// Writes `METHOD target HTTP/1.1`.
    package static func requestLine(
        _ method: ByteBufferView,
        _ target: ByteBufferView,
        into buffer: inout ByteBuffer
    ) throws(HTTP1Error) {
        guard !method.isEmpty, method.allSatisfy(Characters.isToken) else { throw .badStartLine }
        guard !target.isEmpty, target.allSatisfy(Characters.isTarget) else { throw .badTarget }
        buffer.writeBytes(method)
        buffer.writeStaticString(" ")
        buffer.writeBytes(target)
        buffer.writeStaticString(" HTTP/1.1\r\n")
    }

    /// Writes a line with a name and a value from elsewhere.
    package static func field(
        _ name: ByteBufferView,
        _ value: ByteBufferView,
        into buffer: inout ByteBuffer
    ) throws(HTTP1Error) {
        guard !name.isEmpty, name.allSatisfy(Characters.isToken) else { throw .badFieldName }
        guard value.allSatisfy(Characters.isFieldValue) else { throw .badFieldValue }
        buffer.writeBytes(name)
        buffer.writeStaticString(": ")
        buffer.writeBytes(value)
        buffer.writeStaticString("\r\n")
    }

    /// Writes a line whose name is ours.
    package static func field(
        _ name: StaticString,
        _ value: ByteBufferView,
        into buffer: inout ByteBuffer
    ) throws(HTTP1Error) {
        guard value.allSatisfy(Characters.isFieldValue) else { throw .badFieldValue }
        buffer.writeStaticString(name)
        buffer.writeStaticString(": ")
        buffer.writeBytes(value)
        buffer.writeStaticString("\r\n")
    }

    /// Writes the fields of a section but for pseudo-header fields and those that end at this hop.
    ///
    /// `isLeftOut` says for the index of a field whether the caller does not want it either. Content-Length must be one
    /// number, once, lest the next hop read it in its own way; that it agrees with the body is up to the caller.
    package static func fields(
        of section: FieldSection,
        into buffer: inout ByteBuffer,
        except isLeftOut: (Int) -> Bool = { _ in false }
    ) throws(HTTP1Error) {
        let start = buffer.writerIndex
        var problem: HTTP1Error?
        // Room for every field at once: `: ` and the line end are less than what a field's size is counted with.
        FieldBytes.write(to: &buffer, capacity: section.listSize) { bytes in
            do throws(HTTP1Error) {
                try fields(of: section, to: &bytes, except: isLeftOut)
            } catch {
                problem = error
            }
        }
        guard let problem else { return }
        buffer.moveWriterIndex(to: start)
        throw problem
    }

    /// The Content-Length of a section, when it is a number.
    package static func contentLength(of section: FieldSection) -> Int? {
        section.first(.contentLength).flatMap { FieldFacts.contentLength($0) }
    }

    private static func fields(
        of section: FieldSection,
        to bytes: inout OutputRawSpan,
        except isLeftOut: (Int) -> Bool
    ) throws(HTTP1Error) {
        let hop = HopByHop.Section(section)
        var hasLength = false
        for index in section.entries.indices where !section.isPseudo(at: index) {
            guard !hop.isConnectionSpecific(section, at: index), !isLeftOut(index) else { continue }
            if section.is(.contentLength, at: index) {
                guard !hasLength, FieldFacts.contentLength(section.value(at: index)) != nil else {
                    throw .badContentLength
                }
                hasLength = true
            }
            try field(section, index, to: &bytes)
        }
    }

    /// Checks and copies one field without a view of its bytes; most of a head's cost is here.
    private static func field(
        _ section: FieldSection,
        _ index: Int,
        to bytes: inout OutputRawSpan
    ) throws(HTTP1Error) {
        let entry = section.entries[index]
        let name = Int(entry.nameOffset)..<Int(entry.nameOffset + entry.nameLength)
        let value = Int(entry.valueOffset)..<Int(entry.valueOffset + entry.valueLength)
        guard !name.isEmpty else { throw .badFieldName }
        if case .other = entry.name {
            let letters = section.storage.readableBytesUInt8Span
            for place in name { guard Characters.isToken(letters[place]) else { throw .badFieldName } }
        }
        let raw = section.storage.readableBytesSpan
        guard FieldBytes.endOfValue(in: raw, from: value.lowerBound, to: value.upperBound) == value.upperBound else {
            throw .badFieldValue
        }
        bytes.append(line: raw.extracting(name), raw.extracting(value))
    }

    /// Writes the size line that stands before a chunk, which is never empty; CRLF follows the chunk's bytes.
    package static func chunkSize(_ count: Int, into buffer: inout ByteBuffer) {
        // A size of zero would end the body, and the rest of it would be read as another message.
        precondition(count > 0, "a chunk is never empty")
        buffer.writeString(String(count, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    /// Writes the last chunk, with trailers when there are any that may be passed on.
    package static func lastChunk(_ trailers: FieldSection?, into buffer: inout ByteBuffer) throws(HTTP1Error) {
        let start = buffer.writerIndex
        buffer.writeStaticString("0\r\n")
        if let trailers {
            do throws(HTTP1Error) {
                try fields(of: HopByHop.allowedTrailers(trailers), into: &buffer)
            } catch {
                buffer.moveWriterIndex(to: start)
                throw error
            }
        }
        buffer.writeStaticString("\r\n")
    }
}
