import NIOCore
import NIOPosix

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension DialFailure {
    /// Reads why a connection could not be opened.
    ///
    /// - Parameters:
    ///   - error: What NIO says.
    ///   - answers: What the resolver found out.
    ///   - hop: What was dialled.
    ///   - edge: The edge that was to be reached.
    init(connecting error: any Error, _ answers: DialResolver.Answers, at hop: Hop, towards edge: EdgeAddress) {
        let (code, detail) = Self.cause(error, answers)
        self.init(code, at: hop, towards: edge, detail: detail)
    }

    private static func cause(_ error: any Error, _ answers: DialResolver.Answers) -> (Code, String?) {
        switch error {
        case let error as NIOConnectionError where error.connectionErrors.isEmpty: unresolved(answers)
        case let error as NIOConnectionError: clearest(error.connectionErrors.map { single($0.error) })
        // The deadline passed; whether it was the name or the address that kept silent, the resolver knows.
        case is ChannelError where answers.addresses == 0 && answers.pending > 0: (.resolverFailed, "timeout")
        default: single(error)
        }
    }

    private static func unresolved(_ answers: DialResolver.Answers) -> (Code, String?) {
        for case .failed(let words) in answers.failures { return (.resolverFailed, words) }
        return answers.isRestricted ? (.noAddressOfVersion, nil) : (.nameNotFound, nil)
    }

    /// Of what several addresses answered, that which says most about the other end.
    private static func clearest(_ causes: [(Code, String?)]) -> (Code, String?) {
        let order: [Code] = [.refused, .reset, .filtered, .forbidden, .unreachable]
        return order.lazy.compactMap { code in causes.first { $0.0 == code } }.first ?? causes.first ?? (.failed, nil)
    }

    private static func single(_ error: any Error) -> (Code, String?) {
        switch error {
        case ChannelError.connectTimeout: return (.filtered, nil)
        case let error as IOError: return (code(of: error.errnoCode) ?? .failed, nil)
        default: return (.failed, "\(error)")
        }
    }

    private static func code(of number: CInt) -> Code? {
        switch number {
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE: .reset
        case ETIMEDOUT: .filtered
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, EAFNOSUPPORT: .unreachable
        case EACCES, EPERM: .forbidden
        default: nil
        }
    }
}
