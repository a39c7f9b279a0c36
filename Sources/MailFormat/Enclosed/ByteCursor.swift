// A position in bytes that somebody else laid out: every step is checked, none goes past the end.

/// Little-endian, as Microsoft's formats are. A step that does not fit gives nil and leaves the cursor where it is.
struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    let end: Int

    /// Within the range, cut to the bytes.
    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        self.bytes = bytes
        position = min(max(range.lowerBound, 0), bytes.count)
        end = min(max(range.upperBound, position), bytes.count)
    }

    var left: Int { end - position }

    mutating func take(_ count: Int) -> Range<Int>? {
        guard count >= 0, count <= left else { return nil }
        position += count
        return position - count..<position
    }

    mutating func byte() -> UInt8? { take(1).map { bytes[$0.lowerBound] } }

    mutating func u16() -> UInt16? {
        take(2).map { UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0.lowerBound, as: UInt16.self)) }
    }

    mutating func u32() -> UInt32? {
        take(4).map { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0.lowerBound, as: UInt32.self)) }
    }

    /// A count or a length.
    mutating func length() -> Int? { u32().map { Int($0) } }
}
