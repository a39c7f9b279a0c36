// Says what a frame means. Unknown untagged responses are let be; a FETCH that cannot be read is a violation.

import Correspondence

enum ResponseParser {
    static func parse(_ frame: ResponseFrame) throws(IMAPViolation) -> Response {
        var cursor = FrameCursor(frame)
        if cursor.take(43) { return .continuation }
        if cursor.take(42) {
            guard cursor.take(32) else { return .other }
            return try parseUntagged(&cursor)
        }
        let tag = cursor.word()
        guard !tag.isEmpty, cursor.take(32), let condition = Condition(rawValue: cursor.word().uppercased()),
            condition == .ok || condition == .no || condition == .bad
        else { throw IMAPViolation(words: "a line that is no response of IMAP") }
        return .tagged(tag: tag, condition, statusText(&cursor))
    }

    private static func parseUntagged(_ cursor: inout FrameCursor) throws(IMAPViolation) -> Response {
        let word = cursor.word().uppercased()
        if let condition = Condition(rawValue: word) { return .untagged(condition, statusText(&cursor)) }
        if word == "CAPABILITY" { return .capability(capabilities(in: cursor.rest)) }
        guard let number = Int(word), word.utf8.count <= 10, cursor.take(32) else { return .other }
        switch cursor.word().uppercased() {
        case "EXISTS": return .exists(number)
        case "EXPUNGE": return .expunge(number)
        case "FETCH":
            guard cursor.take(32) else { throw IMAPViolation(words: "a FETCH response without items") }
            return .fetch(try fetchItems(&cursor))
        default: return .other
        }
    }

    static func capabilities(in text: String) -> Set<String> {
        Set(text.uppercased().split(separator: " ").map(String.init))
    }

    private static func statusText(_ cursor: inout FrameCursor) -> StatusText {
        _ = cursor.take(32)
        let text = cursor.rest
        guard text.hasPrefix("["), let close = text.firstIndex(of: "]") else { return StatusText(text: text) }
        let inside = text[text.index(after: text.startIndex)..<close]
        let parts = inside.split(separator: " ", maxSplits: 1)
        return StatusText(
            code: parts.first?.uppercased() ?? "", arguments: parts.count > 1 ? String(parts[1]) : "",
            text: String(text[text.index(after: close)...].drop { $0 == " " }))
    }

    private static func fetchItems(_ cursor: inout FrameCursor) throws(IMAPViolation) -> FetchItems {
        guard cursor.take(40) else { throw IMAPViolation(words: "a FETCH response without its list") }
        var items = FetchItems()
        while true {
            while cursor.take(32) {}
            if cursor.take(41) { return items }
            let name = cursor.itemName()
            guard !name.isEmpty, cursor.take(32) else { throw IMAPViolation(words: "a FETCH item without a value") }
            let value = try cursor.value(depth: 0)
            switch name {
            case "UID":
                guard let uid = value.number.flatMap(UInt32.init(exactly:)), uid > 0 else {
                    throw IMAPViolation(words: "a UID that is no number")
                }
                items.uid = uid
            case "RFC822.SIZE": items.size = value.number
            case "INTERNALDATE": items.receivedAt = value.bytes.flatMap(InternalDate.parse)
            case "BODY[]", "BODY[]<0>", "RFC822": items.body = value.bytes ?? []
            case "BODY[HEADER]", "BODY[HEADER]<0>", "RFC822.HEADER": items.header = value.bytes ?? []
            default: break
            }
        }
    }
}

/// A value within a response; lists are read for their end only.
enum ResponseValue: Equatable {
    case null
    case atom([UInt8])
    case string([UInt8])
    case list

    var bytes: [UInt8]? {
        switch self {
        case .atom(let bytes), .string(let bytes): bytes
        case .null, .list: nil
        }
    }

    var number: Int? {
        guard case .atom(let digits) = self, (1...15).contains(digits.count) else { return nil }
        var value = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 48)
        }
        return value
    }
}
