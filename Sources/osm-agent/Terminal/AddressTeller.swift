import Agent
import Telemetry

/// Tells each address once: to a script that reads standard output, and to a telephone.
struct AddressTeller {
    private let hasQRCode: Bool
    private var addresses = NewAddresses()

    init(hasQRCode: Bool) { self.hasQRCode = hasQRCode }

    /// Writes new addresses to standard output unless that is a terminal, too.
    ///
    /// - Returns: What else is to be shown for them.
    mutating func tell(_ endpoints: [EndpointStatus], _ style: ViewStyle) -> [String] {
        var lines: [String] = []
        for endpoint in endpoints where endpoint.state == .serving {
            guard let url = endpoint.url, addresses.isNew(url) else { continue }
            if !StandardStream.output.isTerminal { StandardStream.output.write("\(url)\n") }
            if hasQRCode { lines += Self.qrCode(url, style) }
        }
        return lines
    }

    static func qrCode(_ url: String, _ style: ViewStyle) -> [String] {
        guard let code = QRCode(url) else { return ["(the URL is too long for a QR code)"] }
        let columns = QRCodeText.columns(code, style)
        guard columns <= style.columns else { return ["(a QR code needs a window of \(columns) columns)"] }
        return QRCodeText.lines(code, style)
    }
}
