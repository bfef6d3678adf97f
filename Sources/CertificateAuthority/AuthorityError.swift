package import Cryptography

/// Why the operator's CA could not do what was asked, and what to do about it.
package struct AuthorityError: Error, Equatable, CustomStringConvertible {
    /// The kinds of failure; the raw value stands in `--json` output.
    package enum Code: String, Sendable {
        case exists, notAnAuthority, busy, diskFull, denied, passphrase, invalidInput, unknownCertificate
        case wrongStage, damagedLog, unreadable, cryptography, revoked
    }

    /// The kind of failure.
    package let code: Code
    /// What went wrong, one sentence without its full stop.
    package let problem: String
    /// What the operator should do next, one sentence without its full stop.
    package let nextStep: String

    /// A failure in the words of this room.
    package init(_ code: Code, _ problem: String, next nextStep: String) {
        self.code = code
        self.problem = problem
        self.nextStep = nextStep
    }

    /// A failure of the disk, with the step that fits its kind.
    package init(_ failure: FileFailure) {
        let problem = failure.description
        switch failure.code {
        case .exists: self.init(.exists, problem, next: "choose another place; nothing is ever overwritten")
        case .missing: self.init(.notAnAuthority, problem, next: "check the path, or make a CA with \"ca-tools init\"")
        case .denied:
            self.init(.denied, problem, next: "run as the owner of the folder, and replace symbolic links by files")
        case .full: self.init(.diskFull, problem, next: "make room and run the command again; nothing was lost")
        case .tooLarge: self.init(.unreadable, problem, next: "check that this is the file you mean")
        case .busy: self.init(.busy, problem, next: "wait for the other ca-tools to end and run the command again")
        case .other: self.init(.unreadable, problem, next: "check the disk and run the command again")
        }
    }

    /// A failure of OpenSSL or of what it was given.
    package init(_ error: CryptographyError, in place: String) {
        let problem = "\(place): \(error)"
        switch error.code {
        case .passphraseNeeded, .wrongPassphrase:
            self.init(.passphrase, problem, next: "give the passphrase chosen when the key was made")
        case .malformed, .badSignature, .unsupportedKey, .invalidValue:
            self.init(.invalidInput, problem, next: "check the file; \"ca-tools inspect\" shows what it holds")
        case .untrusted:
            self.init(.invalidInput, problem, next: "run \"ca-tools verify\" and \"ca-tools audit\"")
        case .library:
            self.init(.cryptography, problem, next: "run \"ca-tools verify\"; if it is content, report this as a bug")
        }
    }

    package var description: String { "\(problem). Next: \(nextStep)." }
}

/// Runs `body` and turns what the owners below throw into this room's error; `place` names the file or the thing at
/// hand.
func at<Result: ~Copyable>(_ place: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as CryptographyError {
        throw AuthorityError(error, in: place)
    } catch let failure as FileFailure {
        throw AuthorityError(failure)
    }
}
