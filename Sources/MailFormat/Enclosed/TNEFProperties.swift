// The MAPI properties of a TNEF attribute (MS-OXTNEF section 2.1.3.4): the few that words and files need.

struct TNEFProperties {
    struct Value {
        let type: UInt16
        let range: Range<Int>
    }

    private(set) var body: Value?
    private(set) var bodyHTML: Value?
    private(set) var rtf: Value?
    private(set) var internetCodePage: Int?
    private(set) var longName: Value?
    private(set) var shortName: Value?
    private(set) var displayName: Value?
    private(set) var mediaType: Value?
    private(set) var contentID: Value?
    private(set) var fileData: Value?
    private(set) var fileMethod: Int?
    /// Shown where the HTML refers to it.
    private(set) var isShown = false
    private(set) var isHidden = false

    /// A property whose size is not known ends the reading: where the next one begins would be a guess.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var cursor = ByteCursor(bytes, in: range)
        guard let count = cursor.length() else { return }
        // Each takes eight bytes at least.
        for _ in 0..<min(count, cursor.left / 8) {
            guard let kind = cursor.u16(), let id = cursor.u16() else { return }
            if id >= 0x8000, !Self.skipName(&cursor) { return }
            let isMany = kind & 0x1000 != 0
            let type = kind & 0x0FFF
            guard let size = Self.size(type) else {
                guard Self.isVariable(type), let values = cursor.length() else { return }
                for index in 0..<min(values, cursor.left / 4 + 1) {
                    guard let length = cursor.length(), let data = cursor.take(length) else { return }
                    _ = cursor.take(min((4 - length % 4) % 4, cursor.left))
                    if index == 0 { keep(id, Value(type: type, range: data), bytes) }
                }
                continue
            }
            guard let values = isMany ? cursor.length() : 1, values <= cursor.left / size,
                let data = cursor.take(values * size)
            else { return }
            if !isMany { keep(id, Value(type: type, range: data), bytes) }
        }
    }

    private static func skipName(_ cursor: inout ByteCursor) -> Bool {
        guard cursor.take(16) != nil, let kind = cursor.u32() else { return false }
        if kind == 0 { return cursor.take(4) != nil }
        guard let length = cursor.length(), cursor.take(length) != nil else { return false }
        return cursor.take(min((4 - length % 4) % 4, cursor.left)) != nil
    }

    /// Of a value of fixed size, in steps of four.
    private static func size(_ type: UInt16) -> Int? {
        switch type {
        case 0x02, 0x03, 0x04, 0x0A, 0x0B, 0x01: 4
        case 0x05, 0x06, 0x07, 0x14, 0x40: 8
        case 0x48: 16
        default: nil
        }
    }

    private static func isVariable(_ type: UInt16) -> Bool {
        type == 0x1E || type == 0x1F || type == 0x0D || type == 0x102
    }

    private mutating func keep(_ id: UInt16, _ value: Value, _ bytes: UnsafeRawBufferPointer) {
        func number() -> Int? {
            var cursor = ByteCursor(bytes, in: value.range)
            return cursor.length()
        }
        switch id {
        case 0x1000: body = value
        case 0x1013: bodyHTML = value
        case 0x1009: rtf = value
        case 0x3FDE: internetCodePage = number()
        case 0x3707: longName = value
        case 0x3704: shortName = value
        case 0x3001: displayName = value
        case 0x370E: mediaType = value
        case 0x3712: contentID = value
        case 0x3701: fileData = value
        case 0x3705: fileMethod = number()
        case 0x3714: isShown = (number() ?? 0) & 4 != 0
        case 0x7FFE: isHidden = (number() ?? 0) & 0xFFFF != 0
        default: break
        }
    }
}
