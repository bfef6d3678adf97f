import HTTPFields
import NIOCore

/// Finds the end of a head in a buffer that fills up piece by piece, looking at every byte once.
///
/// Each verdict depends on the bytes up to some point alone, never on how they were cut into reads.
struct HeadScanner {
    private var scanned = 0
    private var lineStart = 0
    private var isFirstLine = true

    /// The length of the section up to and with its empty line; nil while it is incomplete.
    ///
    /// The buffer holds all bytes of the section so far, the same plus more at the next call. `startLine` is the
    /// longest first line, nil for a section without one (trailers); a section longer than `whole` is refused as
    /// `tooLarge`.
    mutating func end(
        in buffer: ByteBuffer,
        startLine: Int?,
        whole: Int,
        tooLarge: HTTP1Error
    ) throws(HTTP1Error) -> Int? {
        let bytes = buffer.readableBytesSpan
        let available = min(bytes.byteCount, whole)
        // A first line and its CRLF end before this place.
        var lineLimit = isFirstLine ? startLine.map { $0 + 2 } ?? Int.max : Int.max
        while scanned < available {
            let end = min(available, lineLimit)
            guard let lineFeed = FieldBytes.lineFeed(in: bytes, from: scanned, to: end) else {
                scanned = end
                guard scanned < lineLimit else { throw .startLineTooLong }
                break
            }
            scanned = lineFeed
            guard scanned > lineStart, buffer.readableBytesUInt8Span[scanned - 1] == UInt8(ascii: "\r") else {
                throw .badLineEnd
            }
            let isEmpty = scanned - lineStart == 1
            scanned += 1
            if isEmpty, !isFirstLine || startLine == nil {
                let length = scanned
                self = HeadScanner()
                return length
            }
            lineStart = scanned
            isFirstLine = false
            lineLimit = Int.max
        }
        guard bytes.byteCount < whole else { throw tooLarge }
        return nil
    }
}
