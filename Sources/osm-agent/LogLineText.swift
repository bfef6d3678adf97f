import FoundationEssentials
import NIOCore
import Settings

/// A line of the kept log, for a person: time, level, message, and then what belongs to it.
enum LogLineText {
    /// A value of a log line; nothing else stands in one.
    private indirect enum Value: Decodable {
        case text(String)
        case list([Value])
        case members([String: Value])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = Self.attempt({ try value.decode(String.self) }) {
                self = .text(text)
            } else if let truth = Self.attempt({ try value.decode(Bool.self) }) {
                self = .text("\(truth)")
            } else if let whole = Self.attempt({ try value.decode(Int64.self) }) {
                self = .text("\(whole)")
            } else if let number = Self.attempt({ try value.decode(Double.self) }) {
                self = .text("\(number)")
            } else if let list = Self.attempt({ try value.decode([Value].self) }) {
                self = .list(list)
            } else {
                self = .members(try value.decode([String: Value].self))
            }
        }

        private static func attempt<T>(_ decode: () throws -> T) -> T? {
            do { return try decode() } catch { return nil }
        }

        var text: String {
            switch self {
            case .text(let text): text
            case .list(let values): "[" + values.map(\.text).joined(separator: " ") + "]"
            case .members(let members):
                members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }.joined(separator: " ")
            }
        }
    }

    /// What stands first; the rest follows by name.
    private static let leading = ["time", "level", "component", "msg"]

    static func of(_ line: ByteBuffer) -> String {
        let members: [String: Value]
        do {
            members = try JSONDecoder().decode([String: Value].self, from: Data(line.readableBytesView))
        } catch {
            return TerminalText.escaped(String(buffer: line)) + "\n"
        }
        var words = leading.compactMap { members[$0]?.text }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) where !leading.contains(key) {
            words.append("\(key)=\(value.text)")
        }
        return TerminalText.escaped(words.joined(separator: " "), limit: 16_384) + "\n"
    }
}
