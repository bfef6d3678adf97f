/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with one to three of them replaced, removed, doubled or joined by one that parsers trip over.
    mutating func damaged(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        let delicate = Array("\r\n\0\t :;,=#\"0Af/.".utf8) + [0x7F, 0x80, 0xFF]
        for _ in 0..<Int.random(in: 1...3, using: &self) {
            guard let place = bytes.indices.randomElement(using: &self) else { return bytes }
            let byte = delicate[Int.random(in: delicate.indices, using: &self)]
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(bytes[place], at: place)
            default: bytes[place] = UInt8.random(in: .min ... .max, using: &self)
            }
        }
        return bytes
    }
}
