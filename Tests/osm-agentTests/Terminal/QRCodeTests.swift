import FoundationEssentials
import Foundation
import TestSupport
import Testing

@testable import osm_agent

struct QRCodeTests {
    /// ISO/IEC 18004, Annex I: "01234567" as digits in version 1-M.
    @Test func `adds the error correction of the standard's example`() {
        let data: [UInt8] = [
            0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11,
        ]
        let correction: [UInt8] = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55]
        #expect(QRReedSolomon.correction(of: data, count: 10) == correction)
    }

    /// ISO/IEC 18004, Annex C.
    @Test func `makes the format bits of the standard's example`() {
        #expect(QRCheckBits.format(.medium, mask: 0b101) == 0b100_0000_1100_1110)
        #expect(QRCheckBits.format(.low, mask: 4) == 0b110_0110_0010_1111)
    }

    /// ISO/IEC 18004, Annex D.
    @Test func `makes the version bits of the standard's example`() {
        #expect(QRCheckBits.version(7) == 0b00_0111_1100_1001_0100)
        #expect(QRCheckBits.version(10) == 0b00_1010_0100_1101_0011)
    }

    /// ISO/IEC 18004, table 7: characters in bytes.
    @Test func `holds as many bytes as the standard says`() {
        #expect(QRVersion.all.map { $0.textBytes(.low) } == [17, 32, 53, 78, 106, 134, 154, 192, 230, 271])
        #expect(QRVersion.all.map { $0.textBytes(.medium) } == [14, 26, 42, 62, 84, 106, 122, 152, 180, 213])
    }

    @Test func `takes the smallest size, and more correction where that costs nothing`() throws {
        let short = try #require(QRCode("https://a.b"))
        #expect(short.version.number == 1)
        let url = try #require(QRCode("https://demo.tunnel.example.com"))
        #expect(url.version.number == 2)
        #expect(url.rows.count == 25)
        #expect(QRCode(String(repeating: "a", count: 271))?.version.number == 10)
        #expect(QRCode(String(repeating: "a", count: 272)) == nil)
    }

    /// Every size, both degrees of correction and every mask, as another implementation reads them.
    @Test(.enabled(if: BarcodeReader.isInstalled, "zbarimg is not installed"), .timeLimit(.minutes(2)))
    func `is read by an implementation that is not ours`() throws {
        for version in QRVersion.all {
            for correction in QRCorrection.allCases {
                let text = Self.text(bytes: version.textBytes(correction))
                let mask = QRMask(number: version.number % 8)
                let code = QRCode(Array(text.utf8), version, correction, mask: mask)
                #expect(try BarcodeReader.read(code.rows) == text, "version \(version.number), \(correction)")
            }
        }
        for mask in QRMask.all {
            let code = QRCode(Array("https://demo.tunnel.example.com".utf8), QRVersion.all[2], .medium, mask: mask)
            #expect(try BarcodeReader.read(code.rows) == "https://demo.tunnel.example.com", "mask \(mask.number)")
        }
        for length in stride(from: 1, through: 271, by: 19) {
            let text = Self.text(bytes: length)
            #expect(try BarcodeReader.read(try #require(QRCode(text)).rows) == text)
        }
    }

    private static func text(bytes: Int) -> String {
        let unit = "https://demo.tunnel.example.com/a/path/of/some/length?"
        return String(String(repeating: unit, count: 6).prefix(bytes))
    }

    @Test func `prints light squares on a dark terminal, with their border`() throws {
        let code = try #require(QRCode("https://a.b"))
        let lines = QRCodeText.lines(code, ViewStyle())
        #expect(lines.count == 15)
        #expect(lines[0] == String(repeating: "█", count: 29))
        #expect(lines[2].hasPrefix("████ ▄▄▄▄▄ "))
        #expect(lines.allSatisfy { $0.count == 29 })
        #expect(lines.last == String(repeating: "▀", count: 29))
    }

    @Test func `prints number signs where there are no blocks`() throws {
        let code = try #require(QRCode("https://a.b"))
        let lines = QRCodeText.lines(code, ViewStyle(isUnicode: false))
        #expect(lines.count == 29)
        #expect(lines.allSatisfy { $0.count == 58 && $0.utf8.allSatisfy { $0 == 0x20 || $0 == 0x23 } })
        #expect(lines[4].hasPrefix("########              ##"))
    }

    @Test func `is black on white whatever the colours of the terminal are`() throws {
        let code = try #require(QRCode("https://a.b"))
        let lines = QRCodeText.lines(code, ViewStyle(hasColours: true))
        #expect(lines.allSatisfy { $0.hasPrefix("\u{1B}[38;5;231;48;5;16m") && $0.hasSuffix("\u{1B}[0m") })
    }

    @Test func `says so when the window is too narrow`() {
        let lines = AddressTeller.qrCode("https://a.b", ViewStyle(columns: 28))
        #expect(lines == ["(a QR code needs a window of 29 columns)"])
    }
}

/// The command of another QR code reader.
private enum BarcodeReader {
    private static let path = "/usr/bin/zbarimg"

    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// What it reads in a picture of these squares.
    static func read(_ rows: [[Bool]]) throws -> String {
        let folder = try TemporaryFolder()
        let picture = "\(folder.path)/code.pgm"
        try Data(graymap(rows).utf8).write(to: URL(filePath: picture))
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["--quiet", "--raw", "--oneshot", picture]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Four dots a square and a white border of four squares, as text.
    private static func graymap(_ rows: [[Bool]]) -> String {
        let scale = 4
        let side = (rows.count + 8) * scale
        let dots = (0..<side).map { y in
            (0..<side).map { x in
                let (row, column) = (y / scale - 4, x / scale - 4)
                let isInside = rows.indices.contains(row) && rows.indices.contains(column)
                return isInside && rows[row][column] ? "0" : "255"
            }.joined(separator: " ")
        }
        return "P2\n\(side) \(side)\n255\n" + dots.joined(separator: "\n") + "\n"
    }
}
