// A text as ranges of lines, so that cutting copies nothing until the end.

struct TextLines {
    let bytes: [UInt8]
    private var ranges: [Range<Int>] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var ranges: [Range<Int>] = []
        bytes.withUnsafeBytes { raw in
            var position = 0
            while position < raw.count {
                let line = raw.lineEnd(from: position)
                ranges.append(position..<line.end)
                position = line.next
            }
        }
        self.ranges = ranges
    }

    var count: Int { ranges.count }

    func start(of index: Int) -> Int { ranges[index].lowerBound }

    func length(of index: Int) -> Int { ranges[index].count }

    func isBlank(_ index: Int) -> Bool {
        ranges[index].allSatisfy { bytes[$0] == 32 || bytes[$0] == 9 }
    }

    /// Begins with `>`, but is no `>From ` that an mbox made.
    func isQuoted(_ index: Int) -> Bool {
        var start = ranges[index].lowerBound
        let end = ranges[index].upperBound
        if start < end, bytes[start] == 32 { start += 1 }
        guard start < end, bytes[start] == 62 else { return false }
        guard end - start > 5, bytes[(start + 1)...].starts(with: Array("From ".utf8)) else { return true }
        return (index > 0 && isQuotedPlainly(index - 1)) || (index + 1 < count && isQuotedPlainly(index + 1))
    }

    private func isQuotedPlainly(_ index: Int) -> Bool {
        guard let first = ranges[index].first else { return false }
        return bytes[first] == 62
    }

    /// The line as text, without outer blanks, asterisks of bold words and invisible marks of direction.
    func text(_ index: Int) -> String {
        let scalars = String(decoding: bytes[ranges[index]], as: UTF8.self).unicodeScalars.filter { !Self.isMark($0) }
        return String(String.UnicodeScalarView(scalars)).trimmed
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    func first(_ index: Int) -> UInt8? { ranges[index].first.map { bytes[$0] } }

    /// The last byte that is no blank.
    func last(_ index: Int) -> UInt8? {
        var end = ranges[index].upperBound
        while end > ranges[index].lowerBound, bytes[end - 1] == 32 || bytes[end - 1] == 9 { end -= 1 }
        return end > ranges[index].lowerBound ? bytes[end - 1] : nil
    }

    func raw(_ index: Int) -> ArraySlice<UInt8> { bytes[ranges[index]] }

    /// The lines as one text, without blank lines around it.
    func joined(_ indexes: [Int]) -> String {
        guard let first = indexes.firstIndex(where: { !isBlank($0) }),
            let last = indexes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        var output: [UInt8] = []
        var wasBlank = false
        for index in indexes[first...last] {
            // Where a quote was taken out between two empty lines, one is enough.
            let blank = isBlank(index)
            if blank, wasBlank, index > 0, !isBlank(index - 1) { continue }
            wasBlank = blank
            if !output.isEmpty { output.append(10) }
            output.append(contentsOf: bytes[ranges[index]])
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension String {
    var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace || first == "*" { text.removeFirst() }
        while let last = text.last, last.isWhitespace || last == "*" { text.removeLast() }
        return String(text)
    }
}
