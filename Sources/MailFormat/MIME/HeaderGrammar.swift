// What header values mean: addresses, parameters and dates by GMime, behind guards; text and ids by hand.
import CGMime
import Correspondence
import Foundation

/// GMime starts once; its options are made once and only read.
enum GMimeLibrary {
    /// 8-bit header bytes are UTF-8 where they can be, else windows-1252.
    /// Never written after it is made, and GMime only reads options, so threads may share it.
    nonisolated(unsafe) static let options: OpaquePointer? = {
        g_mime_init()
        guard let options = g_mime_parser_options_new() else { return nil }
        "utf-8".withCString { first in
            "windows-1252".withCString { second in
                var names: [UnsafePointer<CChar>?] = [first, second, nil]
                names.withUnsafeMutableBufferPointer {
                    g_mime_parser_options_set_fallback_charsets(options, $0.baseAddress)
                }
            }
        }
        return options
    }()
}

enum HeaderGrammar {
    // MARK: Text

    /// Unstructured text (RFC 2047): encoded words decoded, one line, no control characters.
    static func text(_ raw: [UInt8]) -> String {
        let raw = raw.count > MailLimits.header ? Array(raw.prefix(MailLimits.header)) : raw
        let isPlain = raw.allSatisfy { $0 < 0x7F && $0 >= 0x20 && $0 != 0x3D }
        if isPlain { return Blanks.trimmed(String(decoding: raw, as: UTF8.self)) }
        return oneLine(String(decoding: EncodedWords.decoded(raw), as: UTF8.self))
    }

    /// No line break, no control or invisible bidirectional override character: a header value for display.
    static func oneLine(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return Blanks.trimmed(text) }
        var line: [UInt8] = []
        line.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x2028, 0x2029, 0x85: line.append(0x20)
            case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: continue
            default: line.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return Blanks.trimmed(String(decoding: line, as: UTF8.self))
    }

    // MARK: Comments

    /// Without comments (RFC 5322 section 3.2.2), a blank in the place of each: they nest, a backslash takes the next
    /// byte along, and within quotes a bracket is a bracket. One that never closes goes to the end.
    static func withoutComments(_ raw: [UInt8]) -> [UInt8] {
        guard raw.contains(0x28) else { return raw }
        var output: [UInt8] = []
        var depth = 0
        var isQuoted = false
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            if byte == 0x5C, depth > 0 || isQuoted {
                if depth == 0 { output += raw[index..<min(index + 2, raw.count)] }
                index += 2
                continue
            }
            switch byte {
            case 0x22 where depth == 0: isQuoted.toggle()
            case 0x28 where !isQuoted:
                if depth == 0 { output.append(32) }
                depth += 1
            case 0x29 where depth > 0:
                depth -= 1
                index += 1
                continue
            default: break
            }
            if depth == 0 { output.append(byte) }
            index += 1
        }
        return output
    }

    /// What a value says before its parameters: the first word that is no comment, in lower case.
    static func keyword(_ raw: [UInt8]) -> String {
        let words = withoutComments(raw).drop { $0 == 32 || $0 == 9 }
        let word = words.prefix { ![0x3B, 0x20, 0x28, 0x09, 0x2C].contains($0) }
        return String(decoding: LowerCase.of(word), as: UTF8.self)
    }

    // MARK: Addresses

    /// The mailboxes of an address header, groups flattened. `mailboxes` also counts those that are no address. Addresses
    /// are read from the bytes as they came; the charset, that of the mail's text, only serves raw 8-bit names.
    static func addresses(_ raw: [UInt8], charset: String? = nil) -> (list: [NamedAddress], mailboxes: Int) {
        if let plain = PlainHeader.mailboxes(raw) { return (plain, plain.count) }
        let found = parsed(raw)
        guard let charset, !found.list.isEmpty, !Charset.isPlausibleUTF8(raw) else { return found }
        let named = parsed(Charset.repaired(raw, declared: charset)).list
        return named.map(\.address.text) == found.list.map(\.address.text) ? (named, found.mailboxes) : found
    }

    private static func parsed(_ raw: [UInt8]) -> (list: [NamedAddress], mailboxes: Int) {
        var found: [NamedAddress] = []
        var mailboxes = 0
        withCString(EncodedWords.merged(guarded(raw))) { pointer in
            guard let list = internet_address_list_parse(GMimeLibrary.options, pointer) else { return }
            defer { cgmime_unref(list) }
            // Groups in groups: a list of what is still to do instead of recursion. GMime lends what it hands out.
            var open: [(list: UnsafeMutablePointer<InternetAddressList>, next: Int32)] = [(list, 0)]
            while let (current, index) = open.last {
                guard index < internet_address_list_length(current), mailboxes < MailLimits.addresses else {
                    open.removeLast()
                    continue
                }
                open[open.count - 1].next += 1
                guard let address = internet_address_list_get_address(current, index) else { continue }
                if cgmime_is_group(address) != 0 {
                    if let members = internet_address_group_get_members(cgmime_group(address)) {
                        open.append((members, 0))
                    }
                    continue
                }
                mailboxes += 1
                guard cgmime_is_mailbox(address) != 0,
                    let text = internet_address_mailbox_get_addr(cgmime_mailbox(address)),
                    // Bytes that are no UTF-8 would all read as the same address.
                    let valid = String(validatingCString: text), let parsed = EmailAddress(Blanks.trimmed(valid))
                else { continue }
                let name = internet_address_get_name(address).map { oneLine(String(cString: $0)) } ?? ""
                found.append(NamedAddress(name: name.isEmpty ? nil : name, address: parsed))
            }
        }
        return (found, mailboxes)
    }

    /// GMime recurses into groups, so what could be thousands of them is cut.
    private static func guarded(_ raw: [UInt8]) -> [UInt8] {
        var colons = 0
        for (index, byte) in raw.enumerated() where byte == 58 {
            colons += 1
            if colons > MailLimits.addressColons { return Array(raw[..<index]) }
        }
        return raw
    }

    // MARK: Dates

    static func date(_ raw: [UInt8]) -> Timestamp? {
        if let plain = PlainHeader.date(raw) { return plain }
        return withCString(Array(raw.prefix(200))) { pointer in
            guard let date = g_mime_utils_header_decode_date(pointer) else { return nil }
            defer { g_date_time_unref(date) }
            let seconds = g_date_time_to_unix(date)
            // GMime reads a year nobody wrote out of nonsense.
            guard (-5_000_000_000...100_000_000_000).contains(seconds) else { return nil }
            // Nor is a number a month: 5 13 2024 is no day.
            guard PlainHeader.namesMonth(raw) else { return nil }
            let offset = Int(g_date_time_get_utc_offset(date) / 60_000_000)
            return Timestamp(Instant(microseconds: Int64(seconds) * 1_000_000), offsetMinutes: offset)
        }
    }

    // MARK: Ids

    /// Every `<id>`; where there is no bracket, every word with an `@` (some programs forget them).
    static func messageIDs(_ raw: [UInt8]) -> [MessageID] {
        var ids: [MessageID] = []
        var start: Int?
        for (index, byte) in raw.enumerated() {
            if byte == 60 {
                start = index + 1
            } else if byte == 62 {
                if let from = start, let id = id(raw[from..<index]) { ids.append(id) }
                start = nil
                if ids.count >= MailLimits.references { return ids }
            }
        }
        if !ids.isEmpty { return ids }
        let words = String(decoding: raw.prefix(MailLimits.header), as: UTF8.self).split { " \t,;<>".contains($0) }
        return words.filter { $0.contains("@") }.compactMap { MessageID($0) }
    }

    /// Blanks and controls within one are folds that went wrong.
    private static func id(_ raw: ArraySlice<UInt8>) -> MessageID? {
        if raw.allSatisfy({ $0 > 32 }) { return MessageID(String(decoding: raw, as: UTF8.self)) }
        return MessageID(
            String(decoding: raw.lazy.filter { $0 > 32 }.prefix(MessageID.lengthLimit + 1), as: UTF8.self))
    }

    // MARK: Doors

    /// Lends the bytes as a C string; they hold no NUL.
    static func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        var copy = bytes
        copy.append(0)
        return copy.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
        }
    }
}
