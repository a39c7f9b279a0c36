// The header fields of a mail or of a part, found in one linear pass over the bytes (RFC 5322 section 2.2).
import Correspondence
import Glibc

struct HeaderField {
    /// Lower case.
    let name: String
    /// Unfolded, without outer blanks and without NUL, cut at `MailLimits.header`; not decoded.
    var value: [UInt8]
}

/// Field names are matched without case. A line that is no field is stepped over.
struct HeaderBlock {
    private(set) var fields: [HeaderField] = []
    /// A bit for each name's length and first letter: most names that are asked for are absent, and known to be at once.
    private var marks: UInt64 = 0
    /// Where the body begins.
    private(set) var bodyStart = 0

    func first(_ name: String) -> [UInt8]? {
        mayHave(name) ? fields.first { $0.name == name }?.value : nil
    }

    func all(_ name: String) -> [[UInt8]] {
        mayHave(name) ? fields.filter { $0.name == name }.map(\.value) : []
    }

    func has(_ name: String) -> Bool { mayHave(name) && fields.contains { $0.name == name } }

    private func mayHave(_ name: String) -> Bool { marks & Self.mark(name) != 0 }

    private static func mark(_ name: String) -> UInt64 {
        1 << UInt64((name.utf8.count &* 29 &+ Int(name.utf8.first ?? 0)) & 63)
    }

    /// The first value as it stands, ASCII expected, trimmed; nil when absent.
    func plain(_ name: String) -> String? { first(name).map { String(decoding: $0, as: UTF8.self) } }

    /// The first value as text for people: encoded words and 8-bit bytes decoded.
    func text(_ name: String) -> String? { first(name).map(HeaderGrammar.text) }

    /// Raw 8-bit values that are no UTF-8 become it, by the charset the text is declared in: the best guess there is.
    mutating func repair(declared charset: @autoclosure () -> String?) {
        let raw = fields.indices.filter { index in fields[index].value.contains { $0 >= 0x80 } }
        guard !raw.isEmpty, let charset = charset(), !charset.isEmpty else { return }
        for index in raw { fields[index].value = Charset.repaired(fields[index].value, declared: charset) }
    }

    // MARK: Scanning

    /// The block at the top of a mail. A leading mbox `From ` line, blank lines and a byte order mark are passed over.
    static func top(of mail: UnsafeRawBufferPointer) throws(MailReadingError) -> HeaderBlock {
        var start = 0
        if mail.count >= 3, mail[0] == 0xEF, mail[1] == 0xBB, mail[2] == 0xBF { start = 3 }
        while start < mail.count, mail[start] == 10 || mail[start] == 13 { start += 1 }
        if mail.begins(at: start, with: "From ") || mail.begins(at: start, with: ">From ") {
            start = mail.lineEnd(from: start).next
        }
        var block = HeaderBlock()
        let end = block.scan(mail, from: start, to: mail.count, limit: MailLimits.headerBlock, isPart: false)
        guard block.fields.contains(where: { knownNames.contains($0.name) }) else {
            throw MailReadingError(.notMail, detail: "no header field was found at the beginning of the bytes")
        }
        guard end else {
            throw MailReadingError(.overLimit, detail: "the header block is over \(MailLimits.headerBlock) bytes")
        }
        return block
    }

    /// The block of a part, from right behind its boundary line.
    static func part(of mail: UnsafeRawBufferPointer, from start: Int, to end: Int) -> HeaderBlock {
        var block = HeaderBlock()
        _ = block.scan(mail, from: start, to: end, limit: MailLimits.partHeaderBlock, isPart: true)
        return block
    }

    /// One of these must be there, or the bytes are no mail.
    private static let knownNames: Set<String> = [
        "from", "to", "cc", "bcc", "subject", "date", "message-id", "received", "return-path", "sender", "reply-to",
        "content-type", "mime-version", "delivered-to", "in-reply-to", "references", "envelope-to", "x-original-to",
        "dkim-signature", "authentication-results", "resent-from", "x-mailer",
    ]

    /// False when the limit came before the end of the block.
    private mutating func scan(
        _ mail: UnsafeRawBufferPointer, from start: Int, to end: Int, limit: Int, isPart: Bool
    ) -> Bool {
        var position = start
        var name: Range<Int>?
        var value: [UInt8] = []
        var isFull = false

        func flush() {
            guard let range = name, fields.count < MailLimits.fields else { return }
            while let last = value.last, last == 32 || last == 9 { value.removeLast() }
            let lowered = String(decoding: mail[range].lazy.map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }, as: UTF8.self)
            marks |= Self.mark(lowered)
            fields.append(HeaderField(name: lowered, value: value))
        }

        func take(_ range: Range<Int>) {
            guard !isFull else { return }
            let room = MailLimits.addressHeader - value.count
            let taken = range.prefix(room)
            for index in taken { value.append(mail[index] == 0 ? 32 : mail[index]) }
            isFull = taken.count < range.count
        }

        while position < end {
            if position - start > limit {
                flush()
                bodyStart = isPart ? position : end
                return false
            }
            let line = mail.lineEnd(from: position, to: end)
            if line.end == position {
                flush()
                bodyStart = line.next
                return true
            }
            let first = mail[position]
            if first == 32 || first == 9, name != nil {
                take(position..<line.end)
            } else if let colon = mail.fieldColon(from: position, to: line.end) {
                flush()
                var nameEnd = colon
                while nameEnd > position, mail[nameEnd - 1] == 32 || mail[nameEnd - 1] == 9 { nameEnd -= 1 }
                name = position..<nameEnd
                value.removeAll(keepingCapacity: true)
                isFull = false
                var from = colon + 1
                while from < line.end, mail[from] == 32 || mail[from] == 9 { from += 1 }
                take(from..<line.end)
            } else if first == 45, line.end - position > 1, mail[position + 1] == 45 {
                // A boundary where the empty line was forgotten.
                flush()
                bodyStart = position
                return true
            } else if isPart, fields.isEmpty, name == nil {
                // A part that begins with its text at once.
                bodyStart = position
                return true
            }
            position = line.next
        }
        flush()
        bodyStart = end
        return position - start <= limit
    }
}
