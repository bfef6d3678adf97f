import FoundationEssentials

/// Files of settings and secrets, which are small.
package enum SmallFile {
    /// Reads a file; a device or a pipe without an end is not read to its end.
    package static func bytes(of path: String, limit: Int) throws(SettingRefusal) -> [UInt8] {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: Self.resolved(path))
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw SettingRefusal("it is not a file")
            }
            guard let size = attributes.number(.size), size <= limit else {
                throw SettingRefusal("the file is longer than \(limit) bytes")
            }
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch let refusal as SettingRefusal {
            throw refusal
        } catch {
            throw SettingRefusal(isMissing(error) ? "there is no such file" : "it cannot be read")
        }
    }

    /// Whether nothing has this name; false when that cannot be known.
    package static func isAbsent(_ path: String) -> Bool {
        do {
            _ = try FileManager.default.attributesOfItem(atPath: path)
            return false
        } catch {
            return isMissing(error)
        }
    }

    private static func isMissing(_ error: any Error) -> Bool {
        [.fileReadNoSuchFile, .fileNoSuchFile].contains((error as? CocoaError)?.code)
    }

    /// Where links lead: files that an orchestrator mounts are links.
    private static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().path
    }
}
