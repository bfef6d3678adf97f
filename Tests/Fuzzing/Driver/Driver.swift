import FuzzInvariants
import Glibc

// The program that libFuzzer drives. Which parser it feeds stands in the environment variable OSM_FUZZ_TARGET; the
// arguments are libFuzzer's own.

/// The parser of this run; nil when the environment names none that exists.
private let chosen = unsafe getenv("OSM_FUZZ_TARGET").flatMap { unsafe FuzzTarget(rawValue: String(cString: $0)) }

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    do {
        try chosen?.run(bytes)
    } catch {
        // A trap is what libFuzzer takes for a finding; it then writes the input to a file.
        fatalError("\(error)")
    }
    return 0
}

private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<Arguments?>,
    _ callback: Callback
) -> CInt

/// The start of the program: SwiftPM links an executable so that `main` is this symbol, not libFuzzer's own.
@_cdecl("fuzz_main")
func start(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    guard chosen != nil else {
        print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
        return 0
    }
    var count = count
    var arguments = unsafe arguments
    return unsafe runDriver(&count, &arguments) { unsafe testOneInput($0, $1) }
}
