import TunnelProtocol

/// What is read of an enrolment says the same when it is written again, and stays within its bounds.
enum EnrolmentInvariants {
    static func documents(_ bytes: [UInt8]) throws {
        if let request = IssuanceJSON.document(EnrolmentRequest.self, from: bytes) {
            try require(!"\(request)".contains(request.token.text), "a request shows its token")
            try require(try again(request) == request, "a request reads as another when it is written again")
        }
        if let answer = IssuanceJSON.document(EnrolmentAnswer.self, from: bytes) {
            let size = answer.chain.reduce(0) { $0 + $1.count }
            try require(size <= TunnelConstants.chainBytes, "a chain is longer than it may be")
            try require(answer.name.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a name could end its line")
            try require(try again(answer) == answer, "an answer reads as another when it is written again")
        }
        _ = IssuanceJSON.refusal(status: 403, body: bytes)
    }

    private static func again<Document: Codable>(_ document: Document) throws -> Document? {
        IssuanceJSON.document(Document.self, from: try IssuanceJSON.bytes(document))
    }
}
