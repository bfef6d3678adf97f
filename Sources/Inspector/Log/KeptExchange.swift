import HTTPFields

/// All that is kept of one exchange, as it passed: secrets are taken out when it is shown.
struct KeptExchange: Sendable {
    /// An interim response.
    struct Interim: Sendable {
        let fields: FieldSection
        let atMilliseconds: Double
    }

    /// What its summary is made of, when somebody looks.
    let line: SummaryLine
    var status: Int?
    var phase = ExchangeSummary.Phase.open
    /// Nil for what the request's head says.
    var kind: ExchangeSummary.Kind?
    var durationMilliseconds: Double?
    var error: String?
    let request: FieldSection
    var response: FieldSection? { didSet { count(response, instead: oldValue) } }
    var requestTrailers: FieldSection? { didSet { count(requestTrailers, instead: oldValue) } }
    var responseTrailers: FieldSection? { didSet { count(responseTrailers, instead: oldValue) } }
    private(set) var interim: [Interim] = []
    var requestBody = KeptBody()
    var responseBody = KeptBody()
    var timing = ExchangeTiming()
    var messages = KeptMessages()
    /// The fields of all sections, and what an exchange takes without any.
    private var fieldBytes: Int

    init(_ line: SummaryLine, request: FieldSection) {
        self.line = line
        self.request = request
        fieldBytes = 512 + request.listSize
    }

    var id: Int { line.id }

    var summary: ExchangeSummary { line.summary(of: self) }

    /// What counts against ``ExchangeLimits/totalBytes``; asked after every change, so it is no search.
    var cost: Int { fieldBytes + requestBody.bytes.count + responseBody.bytes.count + messages.cost }

    mutating func append(interim fields: FieldSection, at milliseconds: Double, limit: Int) {
        guard interim.count < limit else { return }
        interim.append(Interim(fields: fields, atMilliseconds: milliseconds))
        count(fields, instead: nil)
    }

    private mutating func count(_ section: FieldSection?, instead former: FieldSection?) {
        fieldBytes += (section?.listSize ?? 0) - (former?.listSize ?? 0)
    }
}

/// The beginning of a body.
struct KeptBody: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var total = 0

    var isTruncated: Bool { total > bytes.count }

    /// Copies what there is room for and counts the rest.
    mutating func append(_ data: some Collection<UInt8>, limit: Int) {
        total += data.count
        guard bytes.count < limit else { return }
        bytes.append(contentsOf: data.prefix(limit - bytes.count))
    }
}

/// The messages of one exchange that there was room for.
struct KeptMessages: Sendable {
    private(set) var list: [KeptMessage] = []
    private(set) var dropped = 0
    private(set) var payloadBytes = 0
    /// Why there are no more.
    var problem: String?

    /// Bytes of payloads, and of what else a message takes.
    var cost: Int { payloadBytes + list.count * 256 }

    mutating func append(_ message: KeptMessage, limits: ExchangeLimits) {
        guard list.count < limits.messages else {
            dropped += 1
            return
        }
        var message = message
        // Both directions count against one limit, and neither knows what the other is in the middle of.
        message.content.keepOnly(limits.messageBytes - payloadBytes)
        payloadBytes += message.content.bytes.count
        list.append(message)
    }

    mutating func drop(_ count: Int) { dropped += count }
}

/// One message, as a decoder found it.
struct KeptMessage: Sendable, Equatable {
    let direction: StreamMessage.Direction
    let atMilliseconds: Double
    var content: DecodedMessage
}
