// Reads along a frame, over text and literals alike.

struct FrameCursor {
    private let pieces: [ResponseFrame.Piece]
    private var piece = 0
    private var text: [UInt8] = []
    private var offset = 0

    init(_ frame: ResponseFrame) {
        pieces = frame.pieces
        if case .text(let first) = pieces.first { text = first }
    }

    private var byte: UInt8? { offset < text.count ? text[offset] : nil }

    mutating func take(_ wanted: UInt8) -> Bool {
        guard byte == wanted else { return false }
        offset += 1
        return true
    }

    /// Up to the next blank, parenthesis or end.
    mutating func word() -> String {
        let start = offset
        while let byte, byte != 32, byte != 40, byte != 41 { offset += 1 }
        return String(decoding: text[start..<offset], as: UTF8.self)
    }

    /// What is left of this piece of text.
    var rest: String { String(decoding: text[offset...], as: UTF8.self) }

    /// A FETCH item's name in upper case with its section: `BODY[HEADER.FIELDS (A B)]<0>`.
    mutating func itemName() -> String {
        let start = offset
        var isInBrackets = false
        while let byte {
            if byte == 91 { isInBrackets = true }
            if byte == 93 { isInBrackets = false }
            if !isInBrackets, byte == 32 || byte == 40 || byte == 41 { break }
            offset += 1
        }
        return String(decoding: text[start..<offset], as: UTF8.self).uppercased()
    }

    mutating func value(depth: Int) throws(IMAPViolation) -> ResponseValue {
        guard let first = byte else { return try literal() }
        switch first {
        case 34: return .string(try quoted())
        case 40:
            guard depth < MailboxLimits.nesting else {
                throw IMAPViolation(words: "lists nested deeper than \(MailboxLimits.nesting)")
            }
            offset += 1
            while true {
                while take(32) {}
                if take(41) { return .list }
                _ = try value(depth: depth + 1)
            }
        case 32, 41: throw IMAPViolation(words: "a value is missing")
        default:
            let start = offset
            while let byte, byte != 32, byte != 40, byte != 41, byte != 34 { offset += 1 }
            let bytes = Array(text[start..<offset])
            let isNull = bytes.count == 3 && bytes[0] | 32 == 110 && bytes[1] | 32 == 105 && bytes[2] | 32 == 108
            return isNull ? .null : .atom(bytes)
        }
    }

    private mutating func quoted() throws(IMAPViolation) -> [UInt8] {
        var bytes: [UInt8] = []
        offset += 1
        while let next = byte {
            offset += 1
            if next == 34 { return bytes }
            if next == 92, let escaped = byte {
                bytes.append(escaped)
                offset += 1
            } else {
                bytes.append(next)
            }
        }
        throw IMAPViolation(words: "a quoted string without its end")
    }

    /// At the end of a text: the literal that follows, and the text after it becomes the current one.
    private mutating func literal() throws(IMAPViolation) -> ResponseValue {
        guard piece + 2 < pieces.count, case .literal(let bytes) = pieces[piece + 1],
            case .text(let next) = pieces[piece + 2]
        else { throw IMAPViolation(words: "a response that ends too early") }
        piece += 2
        text = next
        offset = 0
        return .string(bytes)
    }
}
