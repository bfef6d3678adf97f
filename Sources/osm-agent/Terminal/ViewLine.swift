import Settings

/// One line of the view: pieces of text, each in a tone, without any control character.
struct ViewLine: Sendable, Equatable {
    /// What a piece of text means, and so its colour.
    enum Tone: Sendable {
        case plain, strong, faint, good, notice, bad, address

        /// The parameter of "select graphic rendition", ECMA-48, 8.3.117.
        fileprivate var rendition: String? {
            switch self {
            case .plain: nil
            case .strong: "1"
            case .faint: "2"
            case .good: "32"
            case .notice: "33"
            case .bad: "31"
            case .address: "36"
            }
        }
    }

    private struct Piece: Sendable, Equatable {
        let text: String
        let tone: Tone
    }

    private var pieces: [Piece] = []
    /// It is never cut but goes on in the next row, as an address must to be copied in one piece.
    private(set) var wraps = false

    init() {}

    /// A line of its own for what people copy.
    init(address: String) {
        append(address, .address)
        wraps = true
    }

    /// Appends a text from anywhere, with what does not show or moves the cursor as escapes.
    mutating func append(_ text: String, _ tone: Tone = .plain) {
        guard !text.isEmpty else { return }
        let text = TerminalText.escaped(text)
        guard let last = pieces.last, last.tone == tone else { return pieces.append(Piece(text: text, tone: tone)) }
        pieces[pieces.endIndex - 1] = Piece(text: last.text + text, tone: tone)
    }

    func appending(_ text: String, _ tone: Tone = .plain) -> ViewLine {
        var line = self
        line.append(text, tone)
        return line
    }

    /// Fills up with spaces to a column.
    mutating func pad(to column: Int) { append(String(repeating: " ", count: max(0, column - columns))) }

    var columns: Int { pieces.reduce(0) { $0 + ColumnWidth.of($1.text) } }

    /// How many rows of the terminal it takes.
    func rows(in columns: Int) -> Int {
        guard wraps, columns > 0 else { return 1 }
        return max(1, (self.columns + columns - 1) / columns)
    }

    /// The line as it is written, not wider than the terminal.
    func rendered(_ style: ViewStyle) -> String {
        var room = columns <= style.columns || wraps ? Int.max : style.columns
        let ellipsis = style.isUnicode ? "…" : "~"
        var text = ""
        for piece in pieces where room > 0 {
            var part = style.isUnicode ? piece.text : Self.ascii(piece.text)
            // A piece that ends where the terminal does is cut too if another follows: the mark must show.
            if ColumnWidth.of(part) >= room { part = ColumnWidth.cut(part + " ", to: room, ellipsis: ellipsis) }
            room -= min(room, ColumnWidth.of(part))
            text += style.hasColours ? Self.coloured(part, piece.tone) : part
        }
        return text
    }

    private static func coloured(_ text: String, _ tone: Tone) -> String {
        tone.rendition.map { "\u{1B}[\($0)m\(text)\u{1B}[0m" } ?? text
    }

    /// The same with a question mark in place of each character that the locale may not have.
    private static func ascii(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars { plain.unicodeScalars.append(scalar.isASCII ? scalar : "?") }
        return plain
    }
}
