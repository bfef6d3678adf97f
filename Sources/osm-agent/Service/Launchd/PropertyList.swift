/// A value of a property list, written as XML.
indirect enum PropertyList: Sendable, Equatable {
    case text(String)
    case number(Int)
    case truth(Bool)
    case list([PropertyList])
    /// Members in the order in which they are written.
    case members([Member])

    struct Member: Sendable, Equatable {
        let key: String
        let value: PropertyList

        init(_ key: String, _ value: PropertyList) {
            self.key = key
            self.value = value
        }
    }

    /// The whole document.
    var document: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        \(lines(indent: "").joined(separator: "\n"))
        </plist>

        """
    }

    private func lines(indent: String) -> [String] {
        let deeper = indent + "\t"
        switch self {
        case .text(let text): return ["\(indent)<string>\(Self.escaped(text))</string>"]
        case .number(let number): return ["\(indent)<integer>\(number)</integer>"]
        case .truth(let isTrue): return ["\(indent)<\(isTrue)/>"]
        case .list(let values):
            return ["\(indent)<array>"] + values.flatMap { $0.lines(indent: deeper) } + ["\(indent)</array>"]
        case .members(let members):
            let inner = members.flatMap { member in
                ["\(deeper)<key>\(Self.escaped(member.key))</key>"] + member.value.lines(indent: deeper)
            }
            return ["\(indent)<dict>"] + inner + ["\(indent)</dict>"]
        }
    }

    /// Text as XML 1.0 has it; what no document can hold at all is left out.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\r": escaped += "&#13;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
