// Looking at raw mail bytes: lines, prefixes, the colon of a field.
import Glibc

extension UnsafeRawBufferPointer {
    /// The end of the line that begins at `start`, without CR and LF, and where the next one begins.
    @inline(__always)
    func lineEnd(from start: Int, to limit: Int? = nil) -> (end: Int, next: Int) {
        let limit = limit ?? count
        guard start < limit, let base = baseAddress else { return (limit, limit) }
        guard let found = memchr(base + start, 10, limit - start) else {
            return (limit > start && self[limit - 1] == 13 ? limit - 1 : limit, limit)
        }
        let newline = found - UnsafeMutableRawPointer(mutating: base)
        let end = newline > start && self[newline - 1] == 13 ? newline - 1 : newline
        return (end, newline + 1)
    }

    /// Whether a byte of the range is above ASCII; eight at a time.
    func isEightBit(_ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        var seen: UInt64 = 0
        while index + 8 <= range.upperBound {
            seen |= loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        var rest: UInt8 = 0
        while index < range.upperBound {
            rest |= self[index]
            index += 1
        }
        return seen & 0x8080_8080_8080_8080 != 0 || rest >= 0x80
    }

    func begins(at start: Int, with prefix: StaticString) -> Bool {
        guard start >= 0, count - start >= prefix.utf8CodeUnitCount, let base = baseAddress else { return false }
        return memcmp(base + start, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }

    /// Where the colon of a field stands (RFC 5322 section 3.6.8: printable ASCII before it; blanks before the colon
    /// are obsolete and allowed). nil when the line is no field.
    func fieldColon(from start: Int, to end: Int) -> Int? {
        var index = start
        while index < end {
            let byte = self[index]
            if byte == 58 { return index > start ? index : nil }
            if byte <= 32 || byte >= 127 { break }
            index += 1
            if index - start > 120 { return nil }
        }
        guard index > start else { return nil }
        while index < end, self[index] == 32 || self[index] == 9 { index += 1 }
        return index < end && self[index] == 58 ? index : nil
    }
}

extension String {
    /// Whether the bytes of `wanted` stand somewhere in these: a search without Unicode's equivalences, linear and quick.
    func hasBytes(_ wanted: StaticString) -> Bool {
        var text = self
        return text.withUTF8 { UnsafeRawBufferPointer($0).has(wanted) }
    }
}

extension UnsafeRawBufferPointer {
    func has(_ wanted: StaticString) -> Bool {
        let length = wanted.utf8CodeUnitCount
        guard let base = baseAddress, length > 0, count >= length else { return false }
        let first = Int32(wanted.utf8Start.pointee)
        var position = 0
        while position + length <= count {
            guard let found = memchr(base + position, first, count - length - position + 1) else { return false }
            if memcmp(found, wanted.utf8Start, length) == 0 { return true }
            position = found - UnsafeMutableRawPointer(mutating: base) + 1
        }
        return false
    }
}
