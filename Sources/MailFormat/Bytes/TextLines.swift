// A text as ranges of lines, so that cutting copies nothing until the end.

struct TextLines {
    let bytes: [UInt8]
    private var ranges: [Range<Int>] = []
    /// Where lines begin whose `>` is none of a quote.
    private var ownMarks: Set<Int> = []

    /// nil where there are more lines than that.
    init?(_ bytes: [UInt8], ownMarks: [Int] = [], limit: Int) {
        let isShort = bytes.withUnsafeBytes { raw in
            var (position, count) = (0, 0)
            while position < raw.count, count <= limit {
                position = raw.lineEnd(from: position).next
                count += 1
            }
            return count <= limit
        }
        guard isShort else { return nil }
        self.init(bytes)
        self.ownMarks = Set(ownMarks)
    }

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

    private static let mboxFrom = Array("From ".utf8)

    /// Begins with `>`, but is no `>From ` that an mbox made.
    func isQuoted(_ index: Int) -> Bool {
        var start = ranges[index].lowerBound
        let end = ranges[index].upperBound
        if start < end, bytes[start] == 32 { start += 1 }
        guard start < end, bytes[start] == 62 else { return false }
        if !ownMarks.isEmpty, ownMarks.contains(ranges[index].lowerBound) { return false }
        guard end - start > 5, bytes[start + 1] == 70, bytes[(start + 1)...].starts(with: Self.mboxFrom) else {
            return true
        }
        return (index > 0 && isQuotedPlainly(index - 1)) || (index + 1 < count && isQuotedPlainly(index + 1))
    }

    private func isQuotedPlainly(_ index: Int) -> Bool {
        guard let first = ranges[index].first else { return false }
        return bytes[first] == 62
    }

    /// The line in lower case, without outer blanks, asterisks of bold words and invisible marks of direction.
    func lowered(_ index: Int) -> [UInt8] { Self.lowered(bytes[ranges[index]]) }

    /// The same of its first bytes.
    func lowered(_ index: Int, limit: Int) -> [UInt8] { Self.lowered(bytes[ranges[index].prefix(limit)]) }

    /// Ends in a question mark, of any script.
    func isQuestion(_ index: Int) -> Bool {
        guard let last = last(index), last == 63 || last >= 0x80 else { return false }
        let text = lowered(index)
        return text.last == 63 || text.suffix(3).elementsEqual([0xEF, 0xBC, 0x9F])
            || text.suffix(2).elementsEqual([0xD8, 0x9F])
    }

    static func lowered(_ text: ArraySlice<UInt8>) -> [UInt8] {
        if text.allSatisfy({ $0 < 0x80 }) { return LowerCase.of(trimmed(text)) }
        return LowerCase.of(trimmed(withoutMarks(text)[...]))
    }

    /// Without zero-width characters and marks of direction.
    private static func withoutMarks(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == 0xE2 || byte == 0xEF, index + 2 < text.endIndex {
                let isMark =
                    switch (byte, text[index + 1], text[index + 2]) {
                    case (0xE2, 0x80, 0x8B...0x8F), (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xA6...0xA9),
                        (0xEF, 0xBB, 0xBF):
                        true
                    default: false
                    }
                if isMark {
                    index += 3
                    continue
                }
            }
            output.append(byte)
            index += 1
        }
        return output
    }

    /// Without blanks of any script and asterisks around it.
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first {
            if isEdge(first) {
                text.removeFirst()
            } else if first >= 0xC2, let length = blank(text.prefix(3)) {
                text.removeFirst(length)
            } else {
                break
            }
        }
        while let last = text.last {
            if isEdge(last) {
                text.removeLast()
            } else if last >= 0x80, text.count > 1, blank(text.suffix(2)) == 2 {
                text.removeLast(2)
            } else if last >= 0x80, text.count > 2, blank(text.suffix(3)) == 3 {
                text.removeLast(3)
            } else {
                break
            }
        }
        return text
    }

    private static func isEdge(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) || byte == 42 }

    /// The length of a blank outside ASCII that stands at the beginning (Unicode's White_Space).
    private static func blank(_ text: ArraySlice<UInt8>) -> Int? {
        let at = text.startIndex
        guard text.count > 1 else { return nil }
        if text[at] == 0xC2 { return text[at + 1] == 0xA0 || text[at + 1] == 0x85 ? 2 : nil }
        guard text.count > 2 else { return nil }
        switch (text[at], text[at + 1], text[at + 2]) {
        case (0xE3, 0x80, 0x80), (0xE1, 0x9A, 0x80), (0xE2, 0x81, 0x9F), (0xE2, 0x80, 0x80...0x8A),
            (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF):
            return 3
        default: return nil
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
        output.reserveCapacity(max(0, ranges[indexes[last]].upperBound - ranges[indexes[first]].lowerBound))
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
        guard let first = utf8.first, let last = utf8.last else { return self }
        if first > 42, first < 0x80, last > 42, last < 0x80 { return self }
        return String(decoding: TextLines.trimmed(Array(utf8)[...]), as: UTF8.self)
    }
}
