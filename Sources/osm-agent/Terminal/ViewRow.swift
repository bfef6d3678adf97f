/// A label and what belongs to it, on as many lines as that takes.
struct ViewRow {
    /// Where texts begin; below ``narrow`` columns, right behind a small margin.
    static let indent = 12
    static let narrow = 60

    /// How many lines one row may have; the rest of it is cut.
    private static let longest = 4

    private let label: String
    private var words: [(text: String, tone: ViewLine.Tone)] = []

    init(_ label: String) { self.label = label }

    /// Adds a text that may be broken between its words.
    func adding(_ text: String, _ tone: ViewLine.Tone = .plain) -> ViewRow {
        var row = self
        row.words += text.split { $0 == " " || $0.isNewline }.map { (String($0), tone) }
        return row
    }

    /// Adds a text that stays in one piece.
    func adding(whole text: String, _ tone: ViewLine.Tone = .plain) -> ViewRow {
        var row = self
        row.words.append((text, tone))
        return row
    }

    func lines(columns: Int) -> [ViewLine] {
        let indent = columns < Self.narrow ? 2 : Self.indent
        var lines: [ViewLine] = []
        var line = ViewLine().appending(label, .faint)
        var isFirst = true
        line.pad(to: indent)
        // A label that is longer than a small margin has one space behind it.
        if line.columns > indent || label.count == indent { line.append(" ") }
        for (index, word) in words.enumerated() {
            let fits = line.columns + (isFirst ? 0 : 1) + ColumnWidth.of(word.text) <= columns
            if !fits, !isFirst, lines.count < Self.longest - 1 {
                lines.append(line)
                line = ViewLine()
                line.pad(to: indent)
                isFirst = true
            }
            if !isFirst { line.append(" ", words[index - 1].tone == word.tone ? word.tone : .plain) }
            line.append(word.text, word.tone)
            isFirst = false
        }
        return lines + [line]
    }
}
