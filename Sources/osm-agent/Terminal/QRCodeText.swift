/// A QR code in the characters of a terminal, with the white border of four squares that readers need.
enum QRCodeText {
    private static let border = 4

    /// How many columns the text takes.
    static func columns(_ code: QRCode, _ style: ViewStyle) -> Int {
        (code.version.side + 2 * border) * (style.isUnicode ? 1 : 2)
    }

    /// - Returns: One string a line.
    ///
    /// With colours it is black on white whatever the terminal's are. Without, what is printed is what is light, as is
    /// right on a dark terminal; most readers take the negative, too.
    static func lines(_ code: QRCode, _ style: ViewStyle) -> [String] {
        let rows = bordered(code)
        let lines = style.isUnicode ? halves(rows) : rows.map { $0.map { $0 ? "  " : "##" }.joined() }
        guard style.hasColours else { return lines }
        // Colours of the fixed cube: a theme may have made something else of black and white.
        return lines.map { "\u{1B}[38;5;231;48;5;16m" + $0 + "\u{1B}[0m" }
    }

    /// Two rows a line, by blocks of half a character's height.
    private static func halves(_ rows: [[Bool]]) -> [String] {
        stride(from: 0, to: rows.count, by: 2).map { row in
            rows[row].indices.map { column in
                let upperIsLight = !rows[row][column]
                // Below the last row of an odd number is nothing, which counts as dark.
                let lowerIsLight = row + 1 < rows.count && !rows[row + 1][column]
                return switch (upperIsLight, lowerIsLight) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }.joined()
        }
    }

    private static func bordered(_ code: QRCode) -> [[Bool]] {
        let side = [Bool](repeating: false, count: border)
        let row = [Bool](repeating: false, count: code.version.side + 2 * border)
        let edge = Array(repeating: row, count: border)
        return edge + code.rows.map { side + $0 + side } + edge
    }
}
