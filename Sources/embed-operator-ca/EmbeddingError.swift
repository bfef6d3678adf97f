/// Why no bundle was embedded, which fails the build.
enum EmbeddingError: Error {
    case usage
    case unreadable(String)
    case tooLarge(String)
    case notABundle(String)
    case sample(String)
    case unwritable(String, String)

    /// What is wrong and what to do, for whoever builds the agent.
    var sentence: String {
        switch self {
        case .usage:
            "usage: embed-operator-ca --output FILE [--bundle FILE] [--allow-sample]"
        case .unreadable(let path):
            "OSM_OPERATOR_CA leads to \(path), which holds no operator-ca.json that can be read; "
                + "name the folder that `ca-tools init` made, or the bundle itself"
        case .tooLarge(let path):
            "OSM_OPERATOR_CA leads to \(path), which is larger than the 64 KiB of a bundle"
        case .notABundle(let path):
            "OSM_OPERATOR_CA leads to \(path), which is not the JSON of a bundle; `ca-tools bundle` writes one"
        case .sample(let path):
            "OSM_OPERATOR_CA leads to \(path), a sample that no agent may trust; make your own CA with `ca-tools init`, "
                + "or set OSM_OPERATOR_CA_ALLOW_SAMPLE=1 to try the build (the agent will still refuse to dial)"
        case .unwritable(let path, let cause): "cannot write \(path): \(cause)"
        }
    }
}
