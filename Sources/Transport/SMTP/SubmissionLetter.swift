// A mail made ready for the wire, or refused before any server sees it.

import Correspondence

/// Commands and body as they go out. Only `init` makes one, so what reaches a socket has been checked.
struct SubmissionLetter: Sendable {
    let sender: String
    let recipient: String
    let needsUTF8: Bool
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
        body = try Self.wireForm(mail.bytes)
    }

    /// With its domain in A-labels, which every server takes (RFC 5891). Only a local part beyond ASCII needs SMTPUTF8
    /// (RFC 6531), and then the domain may stay as it is.
    private static func path(_ address: EmailAddress) throws(Refusal) -> String {
        guard address.localPart.utf8.allSatisfy({ $0 < 0x80 }) else { return address.text }
        do throws(DomainName.NoALabel) {
            return "\(address.localPart)@\(try DomainName.ascii(address.domain))"
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
    private static func wireForm(_ bytes: [UInt8]) throws(Refusal) -> [UInt8] {
        var wire: [UInt8] = []
        wire.reserveCapacity(bytes.count + bytes.count / 64 + 16)
        var lineStart = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 13 {
                guard index + 1 < bytes.count, bytes[index + 1] == 10 else {
                    throw Refusal(words: "the mail holds a CR without LF, at byte \(index)")
                }
                try append(bytes[lineStart..<index], to: &wire)
                index += 2
                lineStart = index
                continue
            }
            if byte == 10 { throw Refusal(words: "the mail holds an LF without CR, at byte \(index)") }
            if byte > 127 || byte == 0 {
                throw Refusal(words: "the mail holds a byte that is not 7-bit text, at \(index)")
            }
            index += 1
        }
        if lineStart < bytes.count { try append(bytes[lineStart...], to: &wire) }
        wire += [46, 13, 10]
        return wire
    }

    private static func append(_ line: ArraySlice<UInt8>, to wire: inout [UInt8]) throws(Refusal) {
        guard line.count <= lineLimit else { throw Refusal(words: "the mail has a line longer than 998 octets") }
        if line.first == 46 { wire.append(46) }
        wire += line
        wire.append(13)
        wire.append(10)
    }
}
