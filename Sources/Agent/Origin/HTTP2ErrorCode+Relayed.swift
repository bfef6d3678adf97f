import HTTP2

extension HTTP2ErrorCode {
    /// The code as it may be said on the other connection of an exchange; nil for codes that speak of the connection
    /// that they came on, which is not the one that hears it.
    var relayed: HTTP2ErrorCode? {
        switch self {
        case .internalError, .refusedStream, .cancel, .enhanceYourCalm: self
        default: nil  // any 32 bits may come
        }
    }
}
