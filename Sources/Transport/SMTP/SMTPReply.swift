// Replies of an SMTP server, out of whatever pieces they arrive in (RFC 5321 section 4.2).

struct SMTPReply: Equatable {
    var code: Int
    /// The text after the code, a line each, in order.
    var lines: [String]

    var isPositive: Bool { (200..<300).contains(code) }
    var isRefusal: Bool { (400..<600).contains(code) }
    var isTemporary: Bool { (400..<500).contains(code) }

    /// `550 5.1.1 No such user`, the lines of a longer reply joined by a blank.
    var text: String { ([String(code)] + lines.filter { !$0.isEmpty }).joined(separator: " ") }
}

/// What came is no reply of SMTP, or is larger than any needs to be.
struct SMTPViolation: Error, Equatable {
    let words: String
}

/// Fed with bytes in any slicing; the replies that come out are the same.
struct SMTPReplyReader {
    private var line: [UInt8] = []
    private var code: Int?
    private var lines: [String] = []

    /// A reply has begun and not ended.
    var isMidReply: Bool { !line.isEmpty || code != nil }

    mutating func feed(_ bytes: some Sequence<UInt8>) throws(SMTPViolation) -> [SMTPReply] {
        var replies: [SMTPReply] = []
        for byte in bytes {
            if byte != 10 {
                line.append(byte)
                guard line.count <= TransportLimits.replyLineLength else {
                    throw SMTPViolation(words: "a reply line longer than \(TransportLimits.replyLineLength) bytes")
                }
                continue
            }
            if line.last == 13 { line.removeLast() }
            if let reply = try endLine() { replies.append(reply) }
            line.removeAll(keepingCapacity: true)
        }
        return replies
    }

    private mutating func endLine() throws(SMTPViolation) -> SMTPReply? {
        let digits = line.prefix(3).map { Int($0) - 48 }
        guard digits.count == 3, (2...5).contains(digits[0]), digits.allSatisfy((0...9).contains),
            line.count == 3 || line[3] == 32 || line[3] == 45
        else { throw SMTPViolation(words: "a line that is no reply of SMTP") }
        let value = digits[0] * 100 + digits[1] * 10 + digits[2]
        guard code == nil || code == value else { throw SMTPViolation(words: "a reply that changes its code") }
        guard lines.count < TransportLimits.replyLines else {
            throw SMTPViolation(words: "a reply of more than \(TransportLimits.replyLines) lines")
        }
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        guard line.count > 3, line[3] == 45 else {
            defer { (code, lines) = (nil, []) }
            return SMTPReply(code: value, lines: lines)
        }
        code = value
        return nil
    }
}
