// The Japanese 7-bit charset as Shift_JIS, as Windows reads it (CP50221): with NEC's row 13 and half-width katakana.

/// glibc knows no such variant, and refuses what phones and Outlook send under the plain name.
enum ISO2022JP {
    private enum Set { case ascii, katakana, kanji }

    /// Bytes for CP932. What is no pair within a row goes as it is, so that nothing is lost unseen.
    static func shiftJIS(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var set = Set.ascii
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x1B, let (next, length) = escape(bytes, index) {
                set = next
                index += length
                continue
            }
            index += 1
            // A line begins in ASCII (RFC 1468).
            if byte == 10 { set = .ascii }
            guard byte > 32, byte < 127, set != .ascii else {
                output.append(byte)
                continue
            }
            if set == .katakana {
                output.append(byte < 0x60 ? byte | 0x80 : byte)
                continue
            }
            guard index < bytes.count, bytes[index] > 32, bytes[index] < 127 else {
                output.append(byte)
                continue
            }
            let second = bytes[index]
            index += 1
            let row = (byte - 0x21) / 2
            output.append(row + (row < 31 ? 0x81 : 0xC1))
            if byte % 2 == 1 {
                output.append(second + (second < 0x60 ? 0x1F : 0x20))
            } else {
                output.append(second + 0x7E)
            }
        }
        return output
    }

    private static func escape(_ bytes: [UInt8], _ at: Int) -> (Set, Int)? {
        guard at + 2 < bytes.count else { return nil }
        switch (bytes[at + 1], bytes[at + 2]) {
        case (0x28, 0x42), (0x28, 0x4A), (0x28, 0x48): return (.ascii, 3)
        case (0x28, 0x49): return (.katakana, 3)
        case (0x24, 0x40), (0x24, 0x42): return (.kanji, 3)
        case (0x24, 0x28) where at + 3 < bytes.count: return (.kanji, 4)
        default: return nil
        }
    }
}
