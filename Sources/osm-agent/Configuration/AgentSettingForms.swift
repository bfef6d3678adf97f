import AdminHTTP
import Agent
import FoundationEssentials
import Logging
import Settings
import Telemetry

extension SettingForm where Value == EdgeAddress {
    static var edge: SettingForm {
        SettingForm("host:port", expectation: "host or host:port, such as tunnel.example.com:8443") {
            EdgeAddress($0)
        } print: {
            $0.description
        }
    }
}

extension SettingForm where Value == IPVersion {
    static var ipVersion: SettingForm {
        SettingForm("auto|4|6", expectation: "auto, 4 or 6") {
            IPVersion($0)
        } print: { version in
            switch version {
            case .any: "auto"
            case .v4: "4"
            case .v6: "6"
            }
        }
    }
}

extension SettingForm where Value == AgentSettings.DialProxy {
    static var dialProxy: SettingForm {
        SettingForm("auto|none|url") { text in
            switch text {
            case "auto": return .environment
            case "none": return .none
            case _: break
            }
            // What is wrong with a URL is said without it: it may hold a password.
            guard !text.contains("@") else {
                throw SettingRefusal("credentials do not stand in the URL: put them into proxy_credentials_file")
            }
            let schemes: Set<String> = ["http", "https", "socks5", "socks5h"]
            guard let url = URL(string: text), let scheme = url.scheme, schemes.contains(scheme), url.host() != nil,
                ["", "/"].contains(url.path), url.query == nil, url.fragment == nil
            else {
                throw SettingRefusal("it is not auto, none or a URL such as http://proxy.example.com:3128")
            }
            return .url(text)
        } print: { proxy in
            switch proxy {
            case .environment: "auto"
            case .none: "none"
            case .url(let text): text
            }
        }
    }
}

extension SettingForm where Value == Logger.Level {
    static var level: SettingForm { .choice("level", expectation: "a level: try info or debug") }
}

extension SettingForm where Value == LogFormat {
    static var format: SettingForm { .choice("auto|text|json", expectation: "auto, text or json") }
}

extension SettingForm where Value == Duration {
    /// From nothing to an hour.
    static var period: SettingForm {
        SettingForm("time", expectation: "a time from 0s to 1h, such as 30s") { text in
            Quantity.milliseconds(text).flatMap { $0 <= 3_600_000 ? .milliseconds($0) : nil }
        } print: {
            Quantity.time(milliseconds: Int($0 / .milliseconds(1)))
        }
    }
}

extension SettingForm where Value == String {
    /// An address of this machine that no other machine reaches, and a port.
    static var loopbackAddress: SettingForm {
        SettingForm("host:port", expectation: "a loopback address and a port, such as 127.0.0.1:4040") { text in
            guard case .tcp(let host, _)? = AdminAddress(text) else { return nil }
            let octets = host.split(separator: ".", omittingEmptySubsequences: false)
            let isFour = octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
            return isFour || ["localhost", "::1"].contains(host) ? text : nil
        } print: {
            $0
        }
    }

    /// One of a few words.
    static func word(_ words: [String]) -> SettingForm {
        let all = words.joined(separator: " or ")
        return SettingForm(words.joined(separator: "|"), expectation: all) {
            words.contains($0) ? $0 : nil
        } print: {
            $0
        }
    }
}
