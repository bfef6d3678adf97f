import TunnelProtocol

enum NameInvariants {
    /// An accepted name is in its one form: reading that form again gives the same name.
    static func hostName(_ bytes: [UInt8]) throws {
        guard let name = HostName(String(decoding: bytes, as: UTF8.self)) else { return }
        try require(HostName(name.text) == name, "the form of a name reads as another name")
        try require((1...253).contains(name.text.utf8.count), "a name is empty or too long")
        try require(name.text.utf8.allSatisfy(isNameByte), "a name holds a byte that has no place in it")
        try require(!name.isUnder(name), "a name lies below itself")
        let folded = bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        try require(folded.starts(with: name.text.utf8), "another name is read than stands there")
        try require(isDecoration(folded.dropFirst(name.text.utf8.count)), "more is dropped than a dot and a port")
    }

    /// A trailing dot and a port, or nothing.
    private static func isDecoration(_ rest: ArraySlice<UInt8>) -> Bool {
        let rest = rest.first == UInt8(ascii: ".") ? rest.dropFirst() : rest
        return rest.isEmpty
            || rest.first == UInt8(ascii: ":") && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
