import CoreMetrics
import NIOCore

// Which protocol a visitor speaks.
extension HTTP1Visitor {
    /// Looks at the first bytes, and makes way for HTTP/2.
    func findsHTTP1(_ context: ChannelHandlerContext) -> Bool {
        switch VisitorSniffer.judge(buffer) {
        case .undecided: return false
        case .http1: speaksHTTP1 = true
        case .http2: makeWay(context)
        }
        return speaksHTTP1
    }

    private func makeWay(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        let border = core.configuration.border
        do {
            let reader = SlowReaderGuard(limit: border.readerDeadline, gaveUp: core.metrics.slowReaders.increment)
            try pipeline.addHandler(reader, position: .before(self))
            try HTTP2Visitor(core: core, channel: context.channel, peer: peer).start(after: .after(self))
        } catch {
            return context.close(promise: nil)
        }
        var bytes = ByteBuffer()
        swap(&bytes, &buffer)
        context.fireChannelRead(wrapInboundOut(bytes))
        pipeline.removeHandler(context: context, promise: nil)
    }
}
