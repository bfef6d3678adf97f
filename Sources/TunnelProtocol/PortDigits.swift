extension UInt16 {
    /// Reads a port as people write it: digits alone, where `UInt16.init` would also take a sign.
    package init?(portDigits text: some StringProtocol) {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        self.init(text)
    }
}
