import COpenSSL
import FoundationEssentials

/// Dates as ASN.1 writes them, in whole seconds.
enum LibraryTime {
    /// A new ASN1_TIME that the caller frees.
    static func make(_ date: Date) throws(CryptographyError) -> UnsafeMutablePointer<ASN1_TIME> {
        // 9999-12-31T23:59:59Z is the last second that RFC 5280, 4.1.2.5 can write.
        guard (0...253_402_300_799).contains(date.timeIntervalSince1970) else {
            throw CryptographyError(.invalidValue, "write the date \(date) into a certificate")
        }
        return unsafe try check(ASN1_TIME_set(nil, time_t(date.timeIntervalSince1970)), "encode a date")
    }

    /// The date of an ASN1_TIME that OpenSSL owns.
    static func date(_ time: UnsafePointer<ASN1_TIME>?) throws(CryptographyError) -> Date {
        let epoch = unsafe try check(ASN1_TIME_set(nil, 0), "encode a date")
        defer { unsafe ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { throw .last("read a date", .malformed) }
        return Date(timeIntervalSince1970: Double(days) * 86_400 + Double(seconds))
    }
}
