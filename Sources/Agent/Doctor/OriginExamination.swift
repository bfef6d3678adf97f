import FoundationEssentials
import HTTP1
import HTTPFields
import NIOCore
import NIOPosix
import TunnelProtocol

/// Asks each local service something harmless, as a visitor's request would reach it.
struct OriginExamination: Sendable {
    /// How long a service may take to answer before it is called slow.
    let patience: TimeAmount

    /// Endpoints that are asked at once.
    private static let width = 8

    func observe(_ endpoints: [Endpoint]) async -> [DoctorFinding] {
        await withTaskGroup(of: (Int, DoctorFinding).self) { group in
            var findings: [Int: DoctorFinding] = [:]
            for (index, endpoint) in endpoints.enumerated() {
                if index >= Self.width, let (done, finding) = await group.next() { findings[done] = finding }
                group.addTask { (index, await observe(endpoint)) }
            }
            for await (done, finding) in group { findings[done] = finding }
            return endpoints.indices.compactMap { findings[$0] }
        }
    }

    private func observe(_ endpoint: Endpoint) async -> DoctorFinding {
        switch (endpoint.kind, endpoint.target.place) {
        case (.udp, _): return say(endpoint, .ok, "A UDP service cannot be asked anything.")
        case (_, .folder(let path)):
            guard FileManager.default.fileExists(atPath: path) else {
                return say(endpoint, .fail, "There is no such folder.", "Check the path.")
            }
            return say(endpoint, .ok, "The folder is there.")
        case (.http, _), (.tcp, _): return await ask(endpoint)
        }
    }

    private func ask(_ endpoint: Endpoint) async -> DoctorFinding {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = eventLoop.makePromise(of: OriginAnswer.self)
        let start = NIODeadline.now()
        eventLoop.execute { Self.dial(endpoint, answer) }
        do {
            let what = try await answer.futureResult.bounded(by: patience).get()
            return Self.finding(endpoint, what, after: NIODeadline.now() - start)
        } catch {
            let words =
                "The service is slow: it had not answered after \(patience.nanoseconds / 1_000_000_000) seconds."
            return say(endpoint, .fail, words, "See what it is doing; visitors are told 504 when it takes too long.")
        }
    }

    private static func dial(_ endpoint: Endpoint, _ answer: EventLoopPromise<OriginAnswer>) {
        let service = endpoint.service
        let speaksHTTP1 = endpoint.kind == .http && endpoint.target.scheme != .http2
        let host = service.options.host(for: service.target) ?? service.target.authority
        service.dialer(on: answer.futureResult.eventLoop).dial(
            preface: service.options.proxyHeader.map { VisitorAddresses(FieldSection()).header(version: $0) },
            { $0 },
            prepare: { channel in
                if speaksHTTP1 { try channel.pipeline.syncOperations.addHandler(HeadReader(answer)) }
            },
            whenDone: { result in
                switch result {
                case .failure(let failure): answer.succeed(.failed(failure.sentence))
                case .success(let channel):
                    answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
                    guard speaksHTTP1 else { return answer.succeed(.connected) }
                    let question =
                        "HEAD / HTTP/1.1\r\nHost: \(host)\r\nUser-Agent: osm-agent\r\nConnection: close\r\n\r\n"
                    channel.writeAndFlush(ByteBuffer(string: question), promise: nil)
                }
            }
        )
    }

    private static func finding(_ endpoint: Endpoint, _ answer: OriginAnswer, after time: TimeAmount) -> DoctorFinding {
        switch answer {
        case .connected: say(endpoint, .ok, "The service accepts connections.")
        case .status(let status) where time > .seconds(2):
            say(
                endpoint,
                .warn,
                "The service answers (\(status)), but takes \(time.nanoseconds / 1_000_000) ms.",
                "See what it is doing."
            )
        case .status(let status): say(endpoint, .ok, "The service answers (\(status)).")
        case .failed(let sentence): say(endpoint, .fail, sentence, "Start it, or correct the endpoint's target.")
        }
    }

    private func say(
        _ endpoint: Endpoint,
        _ verdict: DoctorFinding.Verdict,
        _ finding: String,
        _ nextStep: String? = nil
    ) -> DoctorFinding {
        Self.say(endpoint, verdict, finding, nextStep)
    }

    private static func say(
        _ endpoint: Endpoint,
        _ verdict: DoctorFinding.Verdict,
        _ finding: String,
        _ nextStep: String? = nil
    ) -> DoctorFinding {
        let subject = endpoint.label == endpoint.description ? endpoint.label : "\(endpoint.label) (\(endpoint))"
        return DoctorFinding(.origin, .origin, verdict, finding, nextStep: nextStep, subject: subject)
    }
}

/// What came of asking a local service.
enum OriginAnswer: Sendable, Equatable {
    case connected
    case status(Int)
    /// No good response, in a sentence.
    case failed(String)
}

/// Waits for the head of one response.
private final class HeadReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<OriginAnswer>
    private var parser = HTTP1ResponseParser(limits: HTTP1Limits())
    private var buffer = ByteBuffer()

    init(_ answer: EventLoopPromise<OriginAnswer>) {
        self.answer = answer
        parser.expect(.head)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        buffer.writeBuffer(&bytes)
        do throws(HTTP1Error) {
            while let part = try parser.next(&buffer) {
                guard case .head(let head) = part else { continue }
                return answer.succeed(.status(head.status))
            }
        } catch {
            answer.succeed(.failed(OriginFailure.badResponse(error).sentence))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.succeed(.failed(OriginFailure.closed.sentence))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.succeed(.failed(OriginFailure.reset.sentence))
        context.close(promise: nil)
    }
}
