/// Why an admin endpoint could not be opened or asked.
package struct AdminError: Error, CustomStringConvertible {
    /// The reason, as a word that scripts may rely on.
    package enum Code: String, Sendable {
        /// Not an IP literal with a port, or a path too long for a socket.
        case badAddress
        /// Another process listens there.
        case addressInUse
        /// Others were opening sockets in the same folder for so long that there was no turn; perhaps one has stopped.
        case folderBusy
        /// Something that is not a socket stands at the path; it is left alone.
        case notASocket
        /// Binding failed for another reason.
        case cannotListen
        /// Nobody listens there, or it may not be opened.
        case cannotConnect
        /// A process of another user answers there.
        case anotherUser
        /// No complete answer within the deadline.
        case timedOut
        /// The answer is longer than the caller allows.
        case answerTooLong
        /// The connection ended before the answer did.
        case answerCut
    }

    package let code: Code

    /// Whether it kept a listener from opening.
    package var isAboutListening: Bool {
        switch code {
        case .badAddress, .addressInUse, .folderBusy, .notASocket, .cannotListen: true
        case .cannotConnect, .anotherUser, .timedOut, .answerTooLong, .answerCut: false
        }
    }

    package let cause: (any Error)?

    init(_ code: Code, cause: (any Error)? = nil) {
        self.code = code
        self.cause = cause
    }

    package var description: String {
        let sentence =
            switch code {
            case .badAddress: "not an address an admin endpoint can have"
            case .addressInUse: "another process listens there"
            case .folderBusy: "other processes keep its folder, to open sockets of their own there"
            case .notASocket: "something that is not a socket stands at that path"
            case .cannotListen: "cannot listen there"
            case .cannotConnect: "nobody answers there"
            case .anotherUser: "a process of another user answers there"
            case .timedOut: "no answer in time"
            case .answerTooLong: "the answer is too long"
            case .answerCut: "the answer ended early"
            }
        return cause.map { "\(sentence): \($0)" } ?? sentence
    }
}
