// RTF as mail programs of Microsoft pack it (MS-OXRTFCP): a window of 4 KB that begins with usual words.

enum CompressedRTF {
    private static let packed: UInt32 = 0x7546_5A4C
    private static let plain: UInt32 = 0x414C_454D
    private static let window = 4096
    private static let usual = Array(
        ("{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
            + "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
            + "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx").utf8)

    /// The RTF, as far as it can be read and at most `MailLimits.rtf` of it; nil where the bytes are of another kind. The
    /// checksum is not looked at: a text with a wrong letter is better than none.
    static func unpacked(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var cursor = ByteCursor(bytes, in: 0..<bytes.count)
        guard cursor.u32() != nil, let size = cursor.length(), let kind = cursor.u32(), cursor.u32() != nil else {
            return nil
        }
        let limit = min(size, MailLimits.rtf)
        switch kind {
        case plain: return Array(bytes[cursor.position...].prefix(limit))
        case packed: return inflated(cursor, limit)
        default: return nil
        }
    }

    private static func inflated(_ packed: ByteCursor, _ limit: Int) -> [UInt8] {
        var cursor = packed
        var room = [UInt8](repeating: 0, count: window)
        room.replaceSubrange(0..<usual.count, with: usual)
        var at = usual.count
        var output: [UInt8] = []
        output.reserveCapacity(min(limit, packed.left * 4))
        while let flags = cursor.byte() {
            for bit in 0..<8 {
                if output.count >= limit { return output }
                if flags >> bit & 1 == 0 {
                    guard let byte = cursor.byte() else { return output }
                    output.append(byte)
                    room[at] = byte
                    at = (at + 1) % window
                    continue
                }
                guard let high = cursor.byte(), let low = cursor.byte() else { return output }
                var from = Int(high) << 4 | Int(low >> 4)
                // A reference to where the window ends is the end of all.
                if from == at { return output }
                for _ in 0..<(Int(low & 15) + 2) {
                    let byte = room[from]
                    output.append(byte)
                    room[at] = byte
                    at = (at + 1) % window
                    from = (from + 1) % window
                }
            }
        }
        return output
    }
}
