/// A text as a QR code: ISO/IEC 18004, model 2, in bytes, versions 1 to 10.
struct QRCode: Sendable, Equatable {
    let version: QRVersion
    /// Row by row, true for dark; without the white border that readers need.
    let rows: [[Bool]]

    /// The smallest code that holds the text; nil when none does (more than 271 bytes).
    ///
    /// It is of medium correction when that takes no larger code.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let version = QRVersion.all.first(where: { bytes.count <= $0.textBytes(.low) }) else { return nil }
        let correction = bytes.count <= version.textBytes(.medium) ? QRCorrection.medium : .low
        self.init(bytes, version, correction)
    }

    /// - Parameters:
    ///   - bytes: Not more than the version holds.
    ///   - version: The size.
    ///   - correction: How much is added.
    ///   - mask: The one that is easiest to read, if none is given.
    init(_ bytes: [UInt8], _ version: QRVersion, _ correction: QRCorrection, mask: QRMask? = nil) {
        self.version = version
        var modules = QRModules(side: version.side)
        modules.placePatterns(version)
        modules.place(QRCodewords.of(bytes, version, correction))
        let candidates = (mask.map { [$0] } ?? QRMask.all).map { mask in
            var masked = modules
            mask.apply(to: &masked)
            masked.placeFormat(QRCheckBits.format(correction, mask: mask.number))
            return masked.rows
        }
        rows = candidates.min { QRPenalty.of($0) < QRPenalty.of($1) } ?? modules.rows
    }
}
