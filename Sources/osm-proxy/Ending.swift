import ArgumentParser
import Edge
import Settings
import Telemetry

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// How the process ends when something failed: with a sentence, and 2 when a file or a flag is to blame.
enum Ending {
    static func exit(with error: any Error) -> Never {
        if let error = error as? EdgeIdentityError {
            say(error)
            Self.exit(2)
        }
        if let error = error as? SettingsProblems {
            for line in error.lines { StandardStream.error.write("osm-proxy: \(line)\n") }
            StandardStream.error.write("Usage: osm-proxy run [--config <file>] [<setting> ...]\n")
            StandardStream.error.write("  See 'osm-proxy help run' for all settings.\n")
            Self.exit(2)
        }
        if let error = error as? LineFileError {
            say(error)
            Self.exit(2)
        }
        if let error = error as? ListenerError {
            say(error)
            Self.exit(1)
        }
        // ArgumentParser says 64 for wrong usage, as BSD does; the users of tunnels expect 2.
        guard OsmProxy.exitCode(for: error) == .validationFailure else { OsmProxy.exit(withError: error) }
        StandardStream.error.write(OsmProxy.fullMessage(for: error) + "\n")
        Self.exit(2)
    }

    /// One line, whatever a path has in it.
    private static func say(_ error: any Error) {
        StandardStream.error.write("osm-proxy: \(TerminalText.escaped("\(error)"))\n")
    }

    static func exit(_ code: Int32) -> Never {
        #if canImport(Darwin)
        Darwin.exit(code)
        #else
        Glibc.exit(code)
        #endif
    }
}
