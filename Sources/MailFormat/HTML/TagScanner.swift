// Where an HTML tag ends and what its attributes are (WHATWG HTML section 13.2.5.32 and following).
import Glibc

/// libxml2 parts broken tags in its own way: a tag that is not written plainly is written anew, so that both mean the
/// same. A quote that never closes is no quote: a browser would take the whole rest of the mail for the value.
struct TagScanner {
    /// What stands behind the name of a tag.
    struct Rest {
        let start: Int
        /// Behind the `>`, or the end of the source.
        var end = 0
        var attributes = 0
        var isSelfClosed = false
        /// Every reader sees the same in it.
        var isPlain = true
    }

    /// Quotes of which none is left in the source: never looked for again.
    private var spent: (double: Bool, single: Bool) = (false, false)

    mutating func scan(from start: Int, in source: UnsafeRawBufferPointer) -> Rest {
        var rest = Rest(start: start)
        var index = start
        while index < source.count, !Self.endsName(source[index]) {
            rest.isPlain = false
            index += 1
        }
        rest.end = attributes(from: index, in: source, &rest) { _, _ in }
        return rest
    }

    /// Writes the attributes and the `>`.
    mutating func write(_ rest: Rest, in source: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var index = rest.start
        while index < source.count, !Self.endsName(source[index]) { index += 1 }
        var again = rest
        _ = attributes(from: index, in: source, &again) { name, value in
            guard Self.isLetter(source[name.lowerBound]), source[name].allSatisfy(Self.isNameByte) else { return }
            output.append(32)
            output.append(contentsOf: source[name])
            output += [61, 34]
            for byte in source[value] where byte != 0 {
                if byte == 34 { output += Array("&quot;".utf8) } else { output.append(byte) }
            }
            output.append(34)
        }
        if rest.isSelfClosed { output += [32, 47] }
        output.append(62)
    }

    /// Hands out each attribute, a value that is absent as an empty one; returns where the tag ends.
    private mutating func attributes(
        from start: Int, in source: UnsafeRawBufferPointer, _ rest: inout Rest,
        _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void
    ) -> Int {
        var index = start
        while index < source.count {
            let byte = source[index]
            if byte == 62 { return index + 1 }
            if byte <= 32 || byte == 47 {
                if byte < 32, byte != 9, byte != 10, byte != 13 { rest.isPlain = false }
                if byte == 47 {
                    rest.isSelfClosed = index + 1 < source.count && source[index + 1] == 62
                    if !rest.isSelfClosed { rest.isPlain = false }
                }
                index += 1
                continue
            }
            rest.attributes += 1
            if !Self.isLetter(byte) { rest.isPlain = false }
            let name = index
            index += 1
            while index < source.count, source[index] != 61, !Self.endsName(source[index]) {
                if !Self.isNameByte(source[index]) { rest.isPlain = false }
                index += 1
            }
            let nameEnd = index
            let next = Self.behindBlanks(index, in: source)
            guard next < source.count, source[next] == 61 else {
                body(name..<nameEnd, nameEnd..<nameEnd)
                continue
            }
            let (value, end) = value(from: Self.behindBlanks(next + 1, in: source), in: source, &rest)
            body(name..<nameEnd, value)
            index = end
        }
        rest.isPlain = false
        return source.count
    }

    private mutating func value(
        from start: Int, in source: UnsafeRawBufferPointer, _ rest: inout Rest
    ) -> (value: Range<Int>, end: Int) {
        guard start < source.count else { return (start..<start, start) }
        let quote = source[start]
        if quote == 34 || quote == 39, let close = close(of: quote, from: start + 1, in: source) {
            if close + 1 < source.count, !Self.endsName(source[close + 1]) { rest.isPlain = false }
            return (start + 1..<close, close + 1)
        }
        var index = start
        while index < source.count, source[index] > 32, source[index] != 62 {
            if [34, 39, 60, 61, 96].contains(source[index]) { rest.isPlain = false }
            index += 1
        }
        if index == start || source[index - 1] == 47 { rest.isPlain = false }
        return (start..<index, index)
    }

    private mutating func close(of quote: UInt8, from start: Int, in source: UnsafeRawBufferPointer) -> Int? {
        guard quote == 34 ? !spent.double : !spent.single, let base = source.baseAddress else { return nil }
        if let found = memchr(base + start, Int32(quote), source.count - start) {
            return found - UnsafeMutableRawPointer(mutating: base)
        }
        if quote == 34 { spent.double = true } else { spent.single = true }
        return nil
    }

    private static func behindBlanks(_ start: Int, in source: UnsafeRawBufferPointer) -> Int {
        var index = start
        while index < source.count, source[index] <= 32 { index += 1 }
        return index
    }

    private static func endsName(_ byte: UInt8) -> Bool { byte <= 32 || byte == 47 || byte == 62 }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (byte >= 48 && byte <= 58) || byte == 45 || byte == 95 || byte == 46
    }
}
