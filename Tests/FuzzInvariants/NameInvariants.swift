import TunnelProtocol

enum NameInvariants {
    /// An accepted name is in its one form: reading that form again gives the same name.
    static func hostName(_ bytes: [UInt8]) throws {
        guard let name = HostName(String(decoding: bytes, as: UTF8.self)) else { return }
        try require(HostName(name.text) == name, "the form of a name reads as another name")
        try require((1...253).contains(name.text.utf8.count), "a name is empty or too long")
        try require(name.text.utf8.allSatisfy(isNameByte), "a name holds a byte that has no place in it")
        try require(!name.isUnder(name), "a name lies below itself")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
