package import FoundationEssentials

/// All that the doctor found, in the order in which a visitor's request is most easily lost; it holds no secret.
package struct DoctorReport: Sendable, Equatable, Codable {
    package let version: String
    /// When it was made, by this machine's clock.
    package let made: Date
    /// The name of the operating system.
    package let system: String
    /// Which device this is, when it is one.
    package let device: String?
    package let findings: [DoctorFinding]
    /// The first fault, to be seen to before anything else; absent when all is well.
    package let culprit: DoctorFinding?

    package init(version: String, made: Date, device: String?, findings: [DoctorFinding]) {
        self.version = version
        self.made = made
        #if os(macOS)
        system = "macOS"
        #else
        system = "Linux"
        #endif
        self.device = device
        self.findings = findings
        culprit = findings.first { $0.verdict == .fail }
    }

    package var isFine: Bool { culprit == nil }
}
