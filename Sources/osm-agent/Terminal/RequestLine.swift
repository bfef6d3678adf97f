import Agent
import FoundationEssentials

/// One request on one line: when, what came of it, how much, how long, and which path.
struct RequestLine {
    let request: ViewState.Request
    let style: ViewStyle
    /// Whether several endpoints must be told apart.
    let showsEndpoint: Bool

    func line() -> ViewLine {
        let record = request.record
        var line = ViewLine()
        line.append(ViewFigures.clock(request.time, secondsFromUTC: style.secondsFromUTC), .faint)
        line.append(" ")
        let status = record.status == 0 ? "---" : Self.right("\(record.status)", 3)
        line.append(status, StatusTone.of(status: record.status))
        line.append(" ")
        // What a visitor calls a method can be of any length.
        line.append(ColumnWidth.cut(record.method, to: 7, ellipsis: ""))
        line.pad(to: 21)
        if style.columns >= ViewRow.narrow {
            line.append(Self.right(ViewFigures.bytes(record.sent), 8))
            line.append(Self.right(ViewFigures.milliseconds(record.duration), 9))
            line.append(" ")
            if showsEndpoint { line.append(ColumnWidth.cut(record.endpoint, to: 16, ellipsis: "") + " ", .faint) }
        }
        line.append(record.path)
        return line
    }

    private static func right(_ text: String, _ columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - text.count)) + text
    }
}

/// The colour of a status.
enum StatusTone {
    static func of(status: Int) -> ViewLine.Tone {
        switch status {
        case 100..<300: .good
        case 300..<400: .address
        case 400..<500: .notice
        default: .bad
        }
    }
}
