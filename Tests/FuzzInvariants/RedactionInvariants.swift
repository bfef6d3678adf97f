#if DEBUG || FUZZING
@testable import Inspector

/// What an inspector takes out stays out, leaves the rest as it was, and can be put back.
enum RedactionInvariants {
    private static let types = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
    private static let names = ["cookie", "set-cookie", "authorization", "x-api-key", "location"]

    static func redaction(_ bytes: [UInt8]) throws {
        for type in types {
            try check(bytes) { Redaction.secrets.body($0, contentType: type) }
        }
        for name in names {
            try check(bytes) { Redaction.secrets.value($0, ofField: name.utf8) }
        }
        try check(bytes) { Redaction.secrets.target($0) }
    }

    private static func check(_ bytes: [UInt8], _ redact: ([UInt8]) -> RedactedBytes) throws {
        let redacted = redact(bytes)
        try require(redact(redacted.shown).shown == redacted.shown, "what is shown hides another secret")
        try require(redacted.restored(redacted.shown) == bytes, "what was taken out is not what is put back")
        guard bytes.count(of: Redaction.markBytes) == 0 else { return }
        try require(redacted.restored(redacted.shown + [0x21]) == bytes + [0x21], "a secret is put back elsewhere")
    }
}
#endif
