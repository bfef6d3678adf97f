import Agent
import ArgumentParser
import Settings
import Telemetry

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// How the process ends when something failed: a sentence, a next step and an exit code of its own.
enum Ending {
    static func exit(with error: any Error) -> Never {
        if let exit = error as? AgentExit {
            StandardStream.error.write("osm-agent: \(exit.problem)\n  \(exit.nextStep)\n")
            Self.exit(exit.code)
        }
        if let problems = error as? SettingsProblems {
            for line in problems.lines { StandardStream.error.write("osm-agent: \(line)\n") }
            Self.exit(2)
        }
        let code = OsmAgent.exitCode(for: error)
        // ArgumentParser says 64 for wrong usage, as BSD does; the users of tunnels expect 2.
        guard code == .validationFailure else { OsmAgent.exit(withError: error) }
        StandardStream.error.write(OsmAgent.fullMessage(for: error) + "\n")
        Self.exit(2)
    }

    static func exit(_ code: Int32) -> Never {
        #if canImport(Darwin)
        Darwin.exit(code)
        #else
        Glibc.exit(code)
        #endif
    }
}
