import CertificateAuthority
import Settings
import Testing

struct PassphraseTests {
    @Test func `a named file goes before the environment, and both before the terminal`() {
        let environment = [PassphraseSource.variable: "six random words"]
        #expect(PassphraseSource.choose(file: "pass.txt", environment: environment) == .file("pass.txt"))
        #expect(PassphraseSource.choose(file: nil, environment: environment) == .environment("six random words"))
        #expect(PassphraseSource.choose(file: nil, environment: [:]) == .terminal)
    }

    @Test func `a secret shows in no text, however it is printed`() {
        let secret = Secret(Array("hunter2".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104"))  // its first byte
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test func `a secret lends its bytes`() {
        let secret = Secret([1, 2, 3])
        #expect(secret.count == 3)
        #expect(secret.withBytes { copy $0 } == [1, 2, 3])
    }
}
