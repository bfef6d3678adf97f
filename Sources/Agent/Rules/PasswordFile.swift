import FoundationEssentials

/// The file that says who may come in.
struct PasswordFile: Sendable, Equatable {
    let path: String

    /// By what a changed file is told from the one that was read.
    struct Stamp: Sendable, Equatable {
        fileprivate let changed: Date?
        fileprivate let size: UInt64
        fileprivate let number: UInt64
        fileprivate let mode: Int
    }

    /// Looks at the file without reading it.
    func stamp() throws(VisitorRulesError) -> Stamp { try look().stamp }

    /// Reads the file, whose owner alone may be able to.
    func read() throws(VisitorRulesError) -> (stamp: Stamp, list: PasswordList) {
        let (real, stamp) = try look()
        guard stamp.mode & 0o077 == 0 else {
            let mode = String(stamp.mode & 0o777, radix: 8)
            throw problem("has the mode \(mode), which lets others read or change it; run \"chmod 600\" on it")
        }
        guard stamp.size <= UInt64(PasswordList.longestText) else {
            throw problem("is longer than \(PasswordList.longestText) bytes")
        }
        guard let data = FileManager.default.contents(atPath: real) else { throw problem("cannot be read") }
        guard data.count <= PasswordList.longestText, let text = String(validating: data, as: UTF8.self) else {
            throw problem("is not text in UTF-8")
        }
        do throws(VisitorRulesError) {
            return (stamp, try PasswordList(text))
        } catch {
            throw problem("cannot be used: \(error.description)")
        }
    }

    /// Follows links first: a mounted secret is one, and a link's own mode and time say nothing.
    private func look() throws(VisitorRulesError) -> (path: String, stamp: Stamp) {
        let real = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes: [FileAttributeKey: Any]
        do { attributes = try FileManager.default.attributesOfItem(atPath: real) } catch {
            throw problem("is not there, or cannot be looked at")
        }
        // Reading a pipe or a device might never end.
        guard attributes[.type] as? FileAttributeType == .typeRegular else { throw problem("is not a file") }
        let stamp = Stamp(
            changed: attributes[.modificationDate] as? Date,
            size: Self.number(attributes[.size]),
            number: Self.number(attributes[.systemFileNumber]),
            // What cannot be known is treated as open to everybody.
            mode: attributes[.posixPermissions].map { Int(Self.number($0)) } ?? 0o777
        )
        return (real, stamp)
    }

    /// Numbers come in several types, by system and Foundation.
    private static func number(_ value: Any?) -> UInt64 {
        switch value {
        case let value as UInt64: value
        case let value as UInt: UInt64(value)
        case let value as Int: UInt64(clamping: value)
        case let value as UInt16: UInt64(value)
        case let value as Int64: UInt64(clamping: value)
        default: 0o777  // open to everybody, when it is a mode
        }
    }

    private func problem(_ sentence: String) -> VisitorRulesError {
        VisitorRulesError(.passwords, "\(path) \(sentence)")
    }
}
