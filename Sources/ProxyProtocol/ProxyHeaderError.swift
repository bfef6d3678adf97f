/// Why bytes are no PROXY protocol header that may be believed.
package enum ProxyHeaderError: String, Error, Sendable, CaseIterable {
    /// They begin with neither signature.
    case notAHeader = "not_a_header"
    /// The header is longer than it may be.
    case tooLong = "too_long"
    /// A line of version 1 that breaks its grammar.
    case malformedLine = "malformed_line"
    /// A version or a command that nobody has defined.
    case unknownCommand = "unknown_command"
    /// Addresses that are neither IPv4 nor IPv6.
    case unsupportedFamily = "unsupported_family"
    /// The addresses or an extension reach beyond the length that the header gives.
    case malformedBlock = "malformed_block"
    /// The checksum that the header carries is not its own.
    case wrongChecksum = "wrong_checksum"
}
