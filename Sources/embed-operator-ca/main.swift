#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Turns an operator's bundle into a Swift source; the EmbedOperatorCA plugin calls it while the agent is built.
do throws(EmbeddingError) {
    try EmbedCommand(CommandLine.arguments.dropFirst()).run()
} catch {
    // The build shows what a failing command printed.
    print("error: \(error.sentence)")
    exit(1)
}
