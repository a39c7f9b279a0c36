// A mail made ready for the wire, or refused before any server sees it.

import Correspondence

/// Commands and body as they go out. Only `init` makes one, so what reaches a socket has been checked.
struct SubmissionLetter: Sendable {
    let sender: String
    let recipient: String
    /// An address of the envelope goes beyond ASCII before its `@` (RFC 6531).
    let needsUTF8: Bool
    /// The header block goes beyond ASCII too, as that of such a mail does where it names the address (RFC 6532).
    let isEightBit: Bool
    /// Bytes of the mail itself, for SIZE (RFC 1870 section 3): before dot-stuffing.
    let size: Int
    /// Dot-stuffed and with the final dot (RFC 5321 section 4.5.2).
    let body: [UInt8]

    /// Longest line without its CRLF (RFC 5321 section 4.5.3.1.6).
    static let lineLimit = 998

    init(_ mail: OutboundMail) throws(Refusal) {
        sender = try mail.envelopeFrom.map(Self.path) ?? ""
        recipient = try Self.path(mail.recipient)
        for path in [sender, recipient] where !Self.isSafe(path) {
            throw Refusal(words: "an envelope address holds a space, a control character or an angle bracket")
        }
        needsUTF8 = (sender + recipient).utf8.contains { $0 > 127 }
        size = mail.bytes.count
        isEightBit = needsUTF8 && mail.bytes.contains { $0 > 127 }
        body = try Self.wireForm(mail.bytes, headerMayBeUTF8: needsUTF8)
    }

    /// With its domain in A-labels, which every server takes: only a local part beyond ASCII needs SMTPUTF8.
    private static func path(_ address: EmailAddress) throws(Refusal) -> String {
        do throws(DomainName.NoALabel) {
            return try address.inALabels().text
        } catch {
            throw Refusal(words: "the domain of an envelope address cannot be written in ASCII: \(error.words)")
        }
    }

    struct Refusal: Error {
        let words: String
        /// 554: a refusal of our own is told apart by its words only.
        var outcome: SendOutcome {
            .refused(isTemporary: false, code: 554, reply: "not sent, refused here: \(words)")
        }
    }

    /// `EmailAddress` cannot be made of anything else; the last look before a command line is taken here all the same.
    private static func isSafe(_ path: String) -> Bool {
        path.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x3C && $0 != 0x3E }
    }

    /// One pass: the rules of the seam, and a second dot before every line that begins with one.
    /// Bodies are 7-bit text always; the header block may hold UTF-8 where SMTPUTF8 is asked for.
    private static func wireForm(_ bytes: [UInt8], headerMayBeUTF8: Bool) throws(Refusal) -> [UInt8] {
        var wire: [UInt8] = []
        wire.reserveCapacity(bytes.count + bytes.count / 64 + 16)
        var lineStart = 0
        var index = 0
        var isInUTF8Header = headerMayBeUTF8
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 13 {
                guard index + 1 < bytes.count, bytes[index + 1] == 10 else {
                    throw Refusal(words: "the mail holds a CR without LF, at byte \(index)")
                }
                try append(bytes[lineStart..<index], isUTF8: isInUTF8Header, to: &wire)
                if index == lineStart { isInUTF8Header = false }
                index += 2
                lineStart = index
                continue
            }
            if byte == 10 { throw Refusal(words: "the mail holds an LF without CR, at byte \(index)") }
            if byte == 0 || (byte > 127 && !isInUTF8Header) {
                throw Refusal(words: "the mail holds a byte that is not 7-bit text, at \(index)")
            }
            index += 1
        }
        if lineStart < bytes.count { try append(bytes[lineStart...], isUTF8: isInUTF8Header, to: &wire) }
        wire += [46, 13, 10]
        return wire
    }

    private static func append(
        _ line: ArraySlice<UInt8>, isUTF8: Bool, to wire: inout [UInt8]
    ) throws(Refusal) {
        if isUTF8, String(validating: line, as: UTF8.self) == nil {
            throw Refusal(words: "a header line is no UTF-8")
        }
        guard line.count <= lineLimit else { throw Refusal(words: "the mail has a line longer than 998 octets") }
        if line.first == 46 { wire.append(46) }
        wire += line
        wire.append(13)
        wire.append(10)
    }
}
