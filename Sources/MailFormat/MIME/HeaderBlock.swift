// The header fields of a mail or of a part, found in one linear pass over the bytes (RFC 5322 section 2.2).
import Correspondence
import Glibc

struct HeaderField {
    /// Lower case.
    let name: String
    fileprivate let key: UInt32
    /// The raw value in the mail, with its folds: from behind the colon to the end of the last line.
    fileprivate let range: Range<Int>
}

/// Field names are matched without case. A line that is no field is stepped over. The block lends from the bytes it was
/// found in, and values are taken out of them when they are asked for: most never are.
struct HeaderBlock {
    private(set) var fields: [HeaderField] = []
    /// Where the body begins.
    private(set) var bodyStart = 0
    private let mail: UnsafeRawBufferPointer
    /// A bit for each name: most names that are asked for are absent, and known to be at once.
    private var marks: UInt64 = 0
    /// In what another reader, first of all the server that verified the sender, may see other fields than we do: such
    /// a block proves nothing of its sender. nil for a block as RFC 5322 wants it.
    private(set) var oddity: String?

    private init(_ mail: UnsafeRawBufferPointer) {
        self.mail = mail
    }

    func first(_ name: String) -> [UInt8]? { index(of: name).map { value(of: fields[$0]) } }

    func all(_ name: String) -> [[UInt8]] {
        let key = Self.key(name)
        guard marks & Self.mark(key) != 0 else { return [] }
        return fields.filter { $0.key == key && $0.name == name }.map { value(of: $0) }
    }

    func has(_ name: String) -> Bool { index(of: name) != nil }

    private func index(of name: String) -> Int? {
        let key = Self.key(name)
        guard marks & Self.mark(key) != 0 else { return nil }
        return fields.firstIndex { $0.key == key && $0.name == name }
    }

    private static func mark(_ key: UInt32) -> UInt64 { 1 << UInt64(key >> 26) }

    private static func key(_ name: String) -> UInt32 {
        var name = name
        return name.withUTF8 { key(UnsafeRawBufferPointer($0)) }
    }

    private static func key(_ name: UnsafeRawBufferPointer) -> UInt32 {
        var key: UInt32 = 2_166_136_261
        for byte in name { key = (key ^ UInt32(byte)) &* 16_777_619 }
        return key
    }

    /// The first value as it stands, ASCII expected, trimmed; nil when absent.
    func plain(_ name: String) -> String? { first(name).map { String(decoding: $0, as: UTF8.self) } }

    /// The first value as text for people: encoded words and 8-bit bytes decoded, raw ones that are no UTF-8 by the
    /// charset the mail's text is declared in: the best guess there is.
    func text(_ name: String, charset: String? = nil) -> String? {
        first(name).map { HeaderGrammar.text(Charset.repaired($0, declared: charset)) }
    }

    /// Unfolded, without outer blanks and without NUL, cut at `MailLimits.addressHeader`; not decoded.
    func value(of field: HeaderField) -> [UInt8] {
        var value: [UInt8] = []
        let length = min(field.range.count, MailLimits.addressHeader)
        value.reserveCapacity(length)
        var position = field.range.lowerBound
        var isFirst = true
        while position < field.range.upperBound, value.count < length {
            let line = mail.lineEnd(from: position, to: field.range.upperBound)
            // What is no continuation stood between two of them and is no part of it.
            if isFirst || (position < line.end && (mail[position] == 32 || mail[position] == 9)) {
                let taken = min(line.end - position, length - value.count)
                value.append(contentsOf: UnsafeRawBufferPointer(rebasing: mail[position..<(position + taken)]))
            }
            isFirst = false
            position = line.next
        }
        // A fold right behind the colon.
        if let first = value.first, first == 32 || first == 9 { value = Array(value.drop { $0 == 32 || $0 == 9 }) }
        while let last = value.last, last == 32 || last == 9 { value.removeLast() }
        if value.contains(0) { value = value.map { $0 == 0 ? 32 : $0 } }
        return value
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
        var block = HeaderBlock(mail)
        let end = block.scan(from: start, to: mail.count, limit: MailLimits.headerBlock, isPart: false)
        guard knownNames.contains(where: { block.has($0) }) else {
            if let body = bodyAlone(mail) { return body }
            throw MailReadingError(.notMail, detail: "no header field was found at the beginning of the bytes")
        }
        guard end else {
            throw MailReadingError(.overLimit, detail: "the header block is over \(MailLimits.headerBlock) bytes")
        }
        if block.oddity == nil { block.oddity = oddByte(in: mail, start..<block.bodyStart) }
        return block
    }

    /// An empty line first, and text below it: the header is empty, and all is body (RFC 5322 section 2.1).
    private static func bodyAlone(_ mail: UnsafeRawBufferPointer) -> HeaderBlock? {
        let first = mail.lineEnd(from: 0)
        let rest = mail[first.next...]
        guard mail.count > 0, first.end == 0, rest.contains(where: { $0 > 32 }),
            rest.prefix(4096).allSatisfy({ $0 >= 32 || (9...13).contains($0) }),
            Charset.isPlausibleUTF8(Array(rest.prefix(4096)))
        else { return nil }
        var block = HeaderBlock(mail)
        block.bodyStart = first.next
        block.oddity = "no header"
        return block
    }

    /// A CR that ends no line ends one for others, and a NUL ends everything.
    private static func oddByte(in mail: UnsafeRawBufferPointer, _ range: Range<Int>) -> String? {
        guard let base = mail.baseAddress else { return nil }
        if memchr(base + range.lowerBound, 0, range.count) != nil { return "a NUL in the header" }
        var position = range.lowerBound
        while position < range.upperBound, let found = memchr(base + position, 13, range.upperBound - position) {
            position = found - UnsafeMutableRawPointer(mutating: base) + 1
            guard position < mail.count, mail[position] == 10 else { return "a CR within a header line" }
        }
        return nil
    }

    /// The block of a part, from right behind its boundary line.
    static func part(of mail: UnsafeRawBufferPointer, from start: Int, to end: Int) -> HeaderBlock {
        var block = HeaderBlock(mail)
        _ = block.scan(from: start, to: end, limit: MailLimits.partHeaderBlock, isPart: true)
        return block
    }

    /// One of these must be there, or the bytes are no mail.
    private static let knownNames = [
        "from", "to", "subject", "date", "message-id", "received", "cc", "bcc", "return-path", "sender", "reply-to",
        "content-type", "mime-version", "delivered-to", "in-reply-to", "references", "envelope-to", "x-original-to",
        "dkim-signature", "authentication-results", "resent-from", "x-mailer",
    ]

    /// False when the limit came before the end of the block.
    private mutating func scan(from start: Int, to end: Int, limit: Int, isPart: Bool) -> Bool {
        var position = start
        var name: Range<Int>?
        var value = 0..<0

        while position < end {
            if position - start > limit {
                if let name { add(name, value) }
                bodyStart = isPart ? position : end
                return false
            }
            let line = mail.lineEnd(from: position, to: end)
            if line.end == position {
                if let name { add(name, value) }
                bodyStart = line.next
                return true
            }
            let first = mail[position]
            if first == 32 || first == 9, name != nil {
                value = value.lowerBound..<line.end
            } else if let colon = mail.fieldColon(from: position, to: line.end) {
                if let name { add(name, value) }
                var nameEnd = colon
                while nameEnd > position, mail[nameEnd - 1] == 32 || mail[nameEnd - 1] == 9 { nameEnd -= 1 }
                if nameEnd < colon { oddity = "a blank before the colon of a header field" }
                name = position..<nameEnd
                var from = colon + 1
                while from < line.end, mail[from] == 32 || mail[from] == 9 { from += 1 }
                value = from..<line.end
            } else if first == 45, line.end - position > 1, mail[position + 1] == 45 {
                // A boundary where the empty line was forgotten.
                if let name { add(name, value) }
                bodyStart = position
                oddity = "no empty line below the header"
                return true
            } else if isPart, fields.isEmpty, name == nil {
                // A part that begins with its text at once.
                bodyStart = position
                return true
            } else {
                // Others end the header here.
                oddity = "a header line that is no field"
                if !isPart, name != nil {
                    guard let next = fieldBehind(line.next, to: end) else {
                        // The empty line was forgotten: the text begins here.
                        if let name { add(name, value) }
                        bodyStart = position
                        return true
                    }
                    position = next
                    continue
                }
            }
            position = line.next
        }
        if let name { add(name, value) }
        bodyStart = end
        return position - start <= limit
    }

    /// The next line that is a field by its name, as far as the next empty line; nil when there is none.
    private func fieldBehind(_ start: Int, to end: Int) -> Int? {
        var position = start
        while position < end {
            let line = mail.lineEnd(from: position, to: end)
            if line.end == position { return nil }
            if let colon = mail.fieldColon(from: position, to: line.end), Self.isFieldName(mail[position..<colon]) {
                return position
            }
            position = line.next
        }
        return nil
    }

    /// A name that no line of a text begins with before a colon.
    private static func isFieldName(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
        let lowered = LowerCase.of(UnsafeRawBufferPointer(rebasing: name.prefix(40)))
        return familiar.contains(String(decoding: lowered, as: UTF8.self).trimmed) || families.begin(lowered)
    }

    private static let familiar = Set(knownNames + ["user-agent", "precedence", "importance", "x400-received"])
    private static let families = Phrases([
        "x-", "content-", "list-", "resent-", "mime-", "message-", "dkim-", "arc-", "received-", "authentication-",
        "return-", "auto-", "thread-", "feedback-", "errors-", "disposition-", "domainkey-",
    ])

    private mutating func add(_ name: Range<Int>, _ value: Range<Int>) {
        guard fields.count < MailLimits.fields else {
            oddity = "more than \(MailLimits.fields) header fields"
            return
        }
        let lowered = withUnsafeTemporaryAllocation(byteCount: name.count, alignment: 1) { room in
            for index in 0..<name.count {
                let byte = mail[name.lowerBound + index]
                room[index] = byte &- 65 < 26 ? byte | 32 : byte
            }
            return (String(decoding: room, as: UTF8.self), Self.key(UnsafeRawBufferPointer(room)))
        }
        marks |= Self.mark(lowered.1)
        fields.append(HeaderField(name: lowered.0, key: lowered.1, range: value))
    }
}
