import Agent
import FoundationEssentials

/// What is known of a machine by looking at its files: who keeps its programs running, and where it runs itself.
struct HostFacts: Sendable, Equatable {
    enum Supervision: Sendable, Equatable {
        case systemd
        case launchd
        /// By none that this program knows.
        case none
    }

    let supervision: Supervision
    /// The name of the first process, when it can be read.
    let firstProcess: String?
    let isContainer: Bool
    let isWSL: Bool

    /// Those of this machine, whose files begin at the root.
    static func here(root: String = "") -> HostFacts {
        #if os(macOS)
        return HostFacts(supervision: .launchd, firstProcess: "launchd", isContainer: false, isWSL: false)
        #else
        func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + path) }
        func text(_ path: String) -> String {
            String(decoding: FileManager.default.contents(atPath: root + path) ?? Data(), as: UTF8.self)
        }
        let first = text("/proc/1/comm").split(whereSeparator: \.isNewline).first.map(String.init)
        return HostFacts(
            // As sd_booted(3) has it.
            supervision: exists("/run/systemd/system") ? .systemd : .none,
            firstProcess: first,
            isContainer: exists("/.dockerenv") || exists("/run/.containerenv"),
            isWSL: text("/proc/sys/kernel/osrelease").lowercased().contains("microsoft")
        )
        #endif
    }

    /// Why there can be no service here, and what to do instead.
    func refusal(command: String) -> AgentExit {
        let who = firstProcess.map { "its first process is '\($0)'" } ?? "what its first process is cannot be read"
        return AgentExit(
            code: 1,
            problem: "This machine does not run systemd (\(who)), so that no service can be installed here.",
            nextStep: advice(command)
        )
    }

    private func advice(_ command: String) -> String {
        if isWSL {
            return "Have it run systemd: put '[boot]' and 'systemd=true' into /etc/wsl.conf, and call wsl --shutdown."
        }
        if isContainer {
            return "In a container let the agent be the container's own process: \(command)"
        }
        switch firstProcess {
        case "runit"?:
            return "Let runit run it: /etc/sv/osm-agent/run says 'exec \(command)'; link its folder to /var/service."
        case "s6-svscan"?: return "Let s6 run it: a service folder whose run script says 'exec \(command)'."
        case "init"?, "openrc-init"?:
            return "Let your init run it, as OpenRC's supervise-daemon does (man supervise-daemon): \(command)"
        case _: return "Let whatever keeps programs running here run: \(command)"
        }
    }
}
