// Text as quoted-printable (RFC 2045 section 6.7): lines of at most 76, only CRLF.

enum QuotedPrintable {
    static let lineLength = 76

    /// Takes text with `\n` line ends.
    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8)
        var length = 0
        for (index, byte) in bytes.enumerated() {
            if byte == 10 {
                output += [13, 10]
                length = 0
                continue
            }
            let isEnd = index + 1 == bytes.count || bytes[index + 1] == 10
            let isBlank = byte == 32 || byte == 9
            let isPlain = (byte >= 33 && byte <= 126 && byte != 61) || (isBlank && !isEnd)
            // "From " and "." at a line's start are bent by mailboxes and relays.
            let isRisky = length == 0 && (byte == 46 || byte == 70)
            let needed = isPlain && !isRisky ? 1 : 3
            // One place stays for the sign of a soft break; a character is kept on one line.
            let isContinuation = byte & 0xC0 == 0x80
            let room = isContinuation ? lineLength - 1 : byte >= 0xC0 ? lineLength - 1 - 9 : lineLength - 1
            if length + needed > room {
                output += [61, 13, 10]
                length = 0
            }
            if needed == 1 {
                output.append(byte)
            } else {
                output.append(61)
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 15)])
            }
            length += needed
        }
        return output
    }

    static func hex(_ byte: UInt8) -> String {
        String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}
