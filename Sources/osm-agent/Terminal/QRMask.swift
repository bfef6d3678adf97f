/// One of the eight patterns that keep a QR code from looking like something else.
struct QRMask: Sendable {
    let number: Int

    static let all = (0..<8).map { QRMask(number: $0) }

    /// Whether it turns a square over.
    ///
    /// ISO/IEC 18004, table 10.
    private func turns(_ row: Int, _ column: Int) -> Bool {
        let product = row * column
        return switch number {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: product % 2 + product % 3 == 0
        case 6: (product % 2 + product % 3) % 2 == 0
        default: ((row + column) % 2 + product % 3) % 2 == 0
        }
    }

    func apply(to modules: inout QRModules) {
        for row in 0..<modules.side {
            for column in 0..<modules.side where modules.isData(row, column) && turns(row, column) {
                modules[row, column].toggle()
            }
        }
    }
}

/// How hard a pattern is to read: the less, the better.
///
/// ISO/IEC 18004, 7.8.3.
enum QRPenalty {
    static func of(_ rows: [[Bool]]) -> Int {
        let columns = rows.indices.map { column in rows.map { $0[column] } }
        return (rows + columns).reduce(0) { $0 + runs($1) + finderLikes($1) } + blocks(rows) + imbalance(rows)
    }

    /// 3 for five of one colour in a row, and 1 for each more.
    private static func runs(_ line: [Bool]) -> Int {
        var penalty = 0
        var length = 0
        var colour: Bool?
        for module in line {
            length = module == colour ? length + 1 : 1
            colour = module
            if length == 5 { penalty += 3 } else if length > 5 { penalty += 1 }
        }
        return penalty
    }

    private static let finderLike = [true, false, true, true, true, false, true]
    private static let margin = [false, false, false, false]

    /// 40 for what could be taken for the middle of a finder, with its margin on one side.
    private static func finderLikes(_ line: [Bool]) -> Int {
        let patterns = [margin + finderLike, finderLike + margin]
        let places = 0...(line.count - 11)
        return places.reduce(0) { sum, start in
            sum + 40 * patterns.count { $0.elementsEqual(line[start..<start + 11]) }
        }
    }

    /// 3 for each square of four of one colour.
    private static func blocks(_ rows: [[Bool]]) -> Int {
        var penalty = 0
        for row in 1..<rows.count {
            for column in 1..<rows.count {
                let colour = rows[row][column]
                let isBlock =
                    rows[row - 1][column] == colour && rows[row][column - 1] == colour
                    && rows[row - 1][column - 1] == colour
                if isBlock { penalty += 3 }
            }
        }
        return penalty
    }

    /// 10 for each full 5 % by which dark modules are more or fewer than half.
    private static func imbalance(_ rows: [[Bool]]) -> Int {
        let dark = rows.reduce(0) { $0 + $1.count { $0 } }
        let all = rows.count * rows.count
        return abs(dark * 20 - all * 10) / all * 10
    }
}
