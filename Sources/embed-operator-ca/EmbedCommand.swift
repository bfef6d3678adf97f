import FoundationEssentials

/// Reads a bundle, looks whether it is one, and writes it as Swift.
struct EmbedCommand {
    /// The largest bundle that an agent reads, in bytes.
    private static let limit = 64 * 1024

    private var bundle: String?
    private var output = ""
    private var allowsSample = false

    init(_ arguments: some Sequence<String>) throws(EmbeddingError) {
        var rest = arguments.makeIterator()
        while let argument = rest.next() {
            switch argument {
            case "--bundle": bundle = rest.next()
            case "--output": output = rest.next() ?? ""
            case "--allow-sample": allowsSample = true
            default: throw EmbeddingError.usage
            }
        }
        guard !output.isEmpty else { throw EmbeddingError.usage }
    }

    func run() throws(EmbeddingError) {
        let text = try bundle.map { path throws(EmbeddingError) in try read(path) } ?? ""
        do {
            try EmbeddedSource(text).text.write(toFile: output, atomically: true, encoding: .utf8)
        } catch {
            throw .unwritable(output, "\(error)")
        }
    }

    private func read(_ path: String) throws(EmbeddingError) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .unreadable(path)
        }
        guard data.count <= Self.limit else { throw .tooLarge(path) }
        guard let text = String(validating: data, as: UTF8.self) else { throw .notABundle(path) }
        try check(data, path)
        return text
    }

    /// What can be seen without reading certificates; the agent looks at the rest whenever it starts.
    private func check(_ data: Data, _ path: String) throws(EmbeddingError) {
        let head: BundleHead
        do {
            head = try JSONDecoder().decode(BundleHead.self, from: data)
        } catch {
            throw .notABundle(path)
        }
        guard head.version == 1, !head.roots.isEmpty else { throw .notABundle(path) }
        guard !head.sample || allowsSample else { throw .sample(path) }
    }
}

/// The part of a bundle that decides whether it is embedded.
private struct BundleHead: Decodable {
    let version: Int
    let sample: Bool
    let roots: [String]
}
