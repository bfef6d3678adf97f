/// Why bytes are not HTTP/1.1, or not what the limits allow; the connection cannot go on after it.
///
/// From a visitor it is answered with ``status``; from an origin, whatever the case, it is a bad gateway.
package enum HTTP1Error: Error, Equatable, CaseIterable, Sendable {
    case badLineEnd, badStartLine, badTarget, badVersion, badFieldName, badFieldValue, foldedField
    case badHost, badContentLength, badTransferEncoding, conflictingFraming, badConnection, badChunk
    case startLineTooLong, headTooLarge, tooManyFields, trailersTooLarge
    case unknownExpectation, unsupportedTransferEncoding
    case truncated, unexpectedUpgrade, tooManyInterimResponses, surplusBytes

    /// The status to answer a visitor with (RFC 9110, 15.5).
    package var status: Int {
        switch self {
        case .startLineTooLong: 414
        case .headTooLarge, .tooManyFields, .trailersTooLarge: 431
        case .unknownExpectation: 417
        case .unsupportedTransferEncoding: 501
        case .badVersion: 505
        case .badLineEnd, .badStartLine, .badTarget, .badFieldName, .badFieldValue, .foldedField, .badHost,
            .badContentLength, .badTransferEncoding, .conflictingFraming, .badConnection, .badChunk, .truncated,
            .unexpectedUpgrade, .tooManyInterimResponses, .surplusBytes:
            400
        }
    }

    /// What is wrong, in words that never repeat what was sent.
    package var sentence: String {
        switch self {
        case .badLineEnd: "A line does not end with CRLF."
        case .badStartLine: "The first line is malformed."
        case .badTarget: "The request target is malformed."
        case .badVersion: "Only HTTP/1.0 and HTTP/1.1 are spoken here."
        case .badFieldName: "A field name is malformed."
        case .badFieldValue: "A field value has a byte that may not stand there."
        case .foldedField: "A field is folded over several lines."
        case .badHost: "The Host field is missing, repeated or malformed, or differs from the target."
        case .badContentLength: "The Content-Length is malformed or repeated."
        case .badTransferEncoding: "The Transfer-Encoding is malformed."
        case .conflictingFraming: "Content-Length and Transfer-Encoding exclude each other."
        case .badConnection: "The Connection field is malformed or names a field that it may not remove."
        case .badChunk: "A chunk is malformed."
        case .startLineTooLong: "The first line is too long."
        case .headTooLarge: "The header section is too large."
        case .tooManyFields: "There are too many fields."
        case .trailersTooLarge: "The trailer section is too large."
        case .unknownExpectation: "The expectation is not one that can be met."
        case .unsupportedTransferEncoding: "That transfer coding is not spoken here."
        case .truncated: "The message ended early."
        case .unexpectedUpgrade: "The protocol was switched without having been asked."
        case .tooManyInterimResponses: "There are too many interim responses."
        case .surplusBytes: "There are bytes behind the end of the message."
        }
    }
}
