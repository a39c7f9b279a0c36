// UTF-8 text in lower case, as bytes: what phrases and labels of mail programs are compared in.

/// As `String.lowercased()`, without its detour over strings: every mapping by itself, no context (final sigma), bytes
/// that are no UTF-8 as they are.
enum LowerCase {
    static func of(_ text: ArraySlice<UInt8>) -> [UInt8] { text.withUnsafeBytes { of($0) } }

    static func of(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { of(UnsafeRawBufferPointer($0)) }
    }

    static func of(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        // A few letters are a byte longer in lower case.
        [UInt8](unsafeUninitializedCapacity: text.count * 2) { output, count in
            var index = 0
            let end = text.count
            while index < end {
                let byte = text[index]
                if byte < 0x80 {
                    output[count] = byte &- 65 < 26 ? byte | 32 : byte
                    count += 1
                    index += 1
                    continue
                }
                let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
                guard byte >= 0xC2, index + length <= end else {
                    output[count] = byte
                    count += 1
                    index += 1
                    continue
                }
                if mayHaveCase(byte, text[index + 1]) {
                    write(text, at: index, length, to: output, &count)
                } else {
                    for offset in 0..<length { output[count + offset] = text[index + offset] }
                    count += length
                }
                index += length
            }
        }
    }

    /// Scripts without letter case are most of what lies behind U+058F.
    private static func mayHaveCase(_ first: UInt8, _ second: UInt8) -> Bool {
        switch first {
        case 0xC3...0xD6: true
        case 0xE1: second >= 0x82
        case 0xE2: second >= 0x84
        case 0xEA: second < 0xB0
        case 0xEF: second == 0xBC
        case 0xF0: second == 0x90 || second == 0x96 || second == 0x9E
        default: false
        }
    }

    private static func write(
        _ text: UnsafeRawBufferPointer, at index: Int, _ length: Int, to output: UnsafeMutableBufferPointer<UInt8>,
        _ count: inout Int
    ) {
        if length == 2 {
            let value = Int(text[index] & 0x1F) << 6 | Int(text[index + 1] & 0x3F)
            let mapped = value < table.count ? table[value] : 0
            if mapped >= 0x80, mapped < 0x800 {
                output[count] = 0xC0 | UInt8(mapped >> 6)
                output[count + 1] = 0x80 | UInt8(mapped & 0x3F)
                count += 2
                return
            }
        }
        let scalars = String(decoding: text[index..<(index + length)], as: UTF8.self).lowercased()
        for byte in scalars.utf8.prefix(length * 2) {
            output[count] = byte
            count += 1
        }
    }

    /// By scalar value; 0 where the mapping is more than one scalar.
    private static let table: [UInt16] = (0..<0x590).map { value in
        guard let scalar = Unicode.Scalar(UInt32(value)) else { return 0 }
        let mapped = scalar.properties.lowercaseMapping.unicodeScalars
        guard mapped.count == 1, let first = mapped.first else { return 0 }
        return UInt16(truncatingIfNeeded: first.value)
    }
}
