import Cryptography
import Foundation
import TestSupport

@testable import CertificateAuthority

/// Bytes that `bake` takes for an agent.
enum PretendAgent {
    static let elf: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]

    /// A program of about `size` bytes; `mark` tells one from another.
    static func bytes(_ mark: String = "", size: Int = 4_096, slot: String = PrebuiltAgent.slot) -> [UInt8] {
        elf + [UInt8](repeating: 0x90, count: size) + Array("\(slot)\0\(mark)\0".utf8)
    }

    /// The script that stands in for the installer.
    static let installer = """
        #!/bin/sh
        # The lines below are filled in for one operator.
        OSM_URL=''
        OSM_SIGNING_KEY=''
        OSM_ROOT=''
        echo "$OSM_URL"

        """
}
