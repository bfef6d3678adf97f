import AdminHTTP
import Edge
import Logging
import NIOCore
import Settings
import Telemetry

extension SettingForm where Value == ListenAddress {
    static var listenAddress: SettingForm {
        SettingForm("host:port", expectation: "host:port, such as 127.0.0.1:8080 or [::]:8443") {
            ListenAddress($0)
        } print: {
            $0.description
        }
    }
}

extension SettingForm where Value == ListenAddress {
    /// The same for listeners that never ask a name server.
    static var literalAddress: SettingForm {
        SettingForm("host:port", expectation: "an IP address or localhost, and a port, such as 127.0.0.1:8081") {
            ListenAddress($0).flatMap { $0.isLiteral ? $0 : nil }
        } print: {
            $0.description
        }
    }
}

extension SettingForm where Value == AdminAddress {
    static var adminAddress: SettingForm {
        SettingForm(
            "host:port|unix:path",
            expectation: "an IP address or localhost, and a port, or unix: and the path of a socket"
        ) {
            Self.address($0)
        } print: {
            $0.description
        }
    }

    /// Nothing but the path of a socket.
    static var unixSocket: SettingForm {
        SettingForm("unix:path", expectation: "unix: and the path of a socket") { text in
            let path = text.hasPrefix("unix:") ? String(text.dropFirst("unix:".count)) : text
            return path.hasPrefix("/") && isSocketPath(path) ? .unix(path: path) : nil
        } print: {
            $0.description
        }
    }

    private static func address(_ text: String) -> AdminAddress? {
        if text.hasPrefix("unix:") || text.hasPrefix("/") {
            let path = text.hasPrefix("/") ? text : String(text.dropFirst("unix:".count))
            return isSocketPath(path) ? .unix(path: path) : nil
        }
        guard !text.hasPrefix(":"), let address = ListenAddress(text), address.isLiteral else { return nil }
        return .tcp(host: address.host, port: address.port)
    }

    /// Whether the system takes it for a socket: some hundred bytes at most.
    private static func isSocketPath(_ path: String) -> Bool {
        guard !path.isEmpty, !path.unicodeScalars.contains(where: \.isControl) else { return false }
        do {
            _ = try SocketAddress(unixDomainSocketPath: path)
            return true
        } catch {
            return false
        }
    }
}

extension ListenAddress {
    /// Whether it can be bound without asking a name server.
    fileprivate var isLiteral: Bool {
        if host == "localhost" { return true }
        do {
            _ = try SocketAddress(ipAddress: host, port: port)
            return true
        } catch {
            return false
        }
    }
}

extension SettingForm where Value == PublicURL {
    static var publicURL: SettingForm {
        SettingForm("url", expectation: "of the form https://*.tunnel.example.com") {
            PublicURL($0)
        } print: { url in
            let port = url.port.map { ":\($0)" } ?? ""
            return "\(url.scheme)://*.\(url.baseDomain)\(port)"
        }
    }
}

extension SettingForm where Value == FixedBinding {
    static var binding: SettingForm {
        SettingForm("host[/path]=device[,device][;sticky]") { text in
            do throws(FixedBinding.Refusal) {
                return try FixedBinding(text)
            } catch {
                throw SettingRefusal("'\(text)': \(error)")
            }
        } print: { binding in
            let path = binding.path == .root ? "" : binding.path.text
            let devices = binding.devices.joined(separator: ",")
            return "\(binding.host)\(path)=\(devices)\(binding.isSticky ? ";sticky" : "")"
        }
    }
}

extension SettingForm where Value == String {
    /// One word of a list of trusted proxies.
    static var trustedProxy: SettingForm {
        SettingForm("cidr|loopback|private") { word in
            do throws(TrustedProxies.Problem) {
                _ = try TrustedProxies([word])
            } catch {
                throw SettingRefusal(error.description)
            }
            return word
        } print: {
            $0
        }
    }

    /// The path of a file.
    static var file: SettingForm { .text("file") }
}

extension SettingForm where Value == PortRange {
    static var ports: SettingForm {
        SettingForm("first-last", expectation: "first-last, such as 20000-20100") {
            PortRange($0)
        } print: {
            $0.description
        }
    }
}

extension SettingForm where Value == TimeAmount {
    /// A time within bounds, in milliseconds.
    static func time(_ range: ClosedRange<Int>) -> SettingForm {
        let least = Quantity.time(milliseconds: range.lowerBound)
        let most = Quantity.time(milliseconds: range.upperBound)
        return SettingForm("time", expectation: "a time from \(least) to \(most), such as 30s") { text in
            Quantity.milliseconds(text).flatMap { range.contains($0) ? .milliseconds(Int64($0)) : nil }
        } print: {
            Quantity.time(milliseconds: Int($0.nanoseconds / 1_000_000))
        }
    }

    /// A deadline that people or machines meet: 100 ms to an hour.
    static var deadline: SettingForm { .time(100...3_600_000) }
}

extension SettingForm where Value == Logger.Level {
    static var level: SettingForm { .choice("level", expectation: "a level: try info or debug") }
}

extension SettingForm where Value == LogFormat {
    static var format: SettingForm { .choice("auto|text|json", expectation: "auto, text or json") }
}

extension SettingForm where Value == AccessLogConfiguration.Destination {
    static var logDestination: SettingForm {
        SettingForm("off|stdout|path", expectation: "off, stdout or a path with a slash in it") { text in
            switch text {
            case "off": .off
            case "stdout": .standardOutput
            case _ where text.contains("/") && !text.unicodeScalars.contains(where: \.isControl): .file(text)
            default: nil
            }
        } print: { destination in
            switch destination {
            case .off: "off"
            case .standardOutput: "stdout"
            case .file(let path): path
            }
        }
    }
}
