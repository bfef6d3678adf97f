/// What a peer may send; all in bytes unless the name says otherwise.
package struct HTTP1Limits: Sendable, Equatable {
    /// The request or status line, without its CRLF.
    package var startLine = 8 * 1024
    /// The whole head: start line, fields and the empty line.
    package var head = 40 * 1024
    /// How many fields a head may have.
    package var fields = 100
    /// A chunk's size line without its CRLF, with its extensions, which are dropped.
    package var chunkLine = 256
    /// The trailer section, its empty line included.
    package var trailers = 8 * 1024
    /// How many fields a trailer section may have.
    package var trailerFields = 32
    /// Interim responses before the final one.
    package var interimResponses = 16

    package init() {}
}
