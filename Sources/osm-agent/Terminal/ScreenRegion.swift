/// The last lines of a terminal, which are drawn over again and again: what must be written to get from one picture to
/// the next.
///
/// The cursor waits below the picture, at the left. Nothing above it is touched, so that scroll-back remains.
struct ScreenRegion {
    /// How many columns each line of the present picture takes.
    private var shown: [Int] = []

    private static let hideCursor = "\u{1B}[?25l"
    private static let showCursor = "\u{1B}[?25h"
    private static let clearToEndOfLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"

    /// The way to a new picture.
    ///
    /// - Parameters:
    ///   - lines: The picture, which must have fewer rows than the terminal.
    ///   - above: What goes to the scroll-back, before the picture.
    ///   - style: The terminal as it is now, which may not be as it was.
    /// - Returns: What is to be written, in one piece.
    mutating func frame(_ lines: [ViewLine], above: [String] = [], _ style: ViewStyle) -> String {
        var text = Self.hideCursor + home(style.columns)
        if !above.isEmpty { text += clear + above.map { $0 + "\r\n" }.joined() }
        for line in lines {
            let columns = line.wraps ? line.columns : min(line.columns, style.columns)
            text += line.rendered(style)
            // A full row needs no clearing, and would lose its last character: the cursor still stands on it.
            if columns == 0 || columns % style.columns != 0 { text += Self.clearToEndOfLine }
            text += "\r\n"
        }
        shown = lines.map { $0.wraps ? $0.columns : min($0.columns, style.columns) }
        return text + Self.clearBelow
    }

    /// What follows the last picture.
    static let end = showCursor

    /// Clears the picture, and leaves the cursor where that was.
    ///
    /// In two steps: some terminals keep in their scroll-back what is cleared from the first row on.
    private var clear: String { shown.isEmpty ? "" : Self.clearToEndOfLine + "\u{1B}[B\(Self.clearBelow)\u{1B}[A" }

    /// To the first column of the picture's first row.
    private func home(_ columns: Int) -> String {
        // A terminal that got narrower has broken the lines that do not fit any more.
        let rows = shown.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
        return rows == 0 ? "\r" : "\r\u{1B}[\(rows)A"
    }
}
