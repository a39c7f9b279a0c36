// An RFC 5322 Message-ID without its angle brackets.

package struct MessageID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    package static let lengthLimit = 998

    /// Takes the inside of `<…>` or the whole; nil when nothing is left or it holds a control character or blank.
    package init?(_ text: some StringProtocol) {
        if let isPlain = text.utf8.withContiguousStorageIfAvailable(Self.isPlain), isPlain {
            self.text = String(text)
            return
        }
        var inner = Substring(text)
        if inner.hasPrefix("<") { inner = inner.dropFirst() }
        if inner.hasSuffix(">") { inner = inner.dropLast() }
        guard !inner.isEmpty, inner.utf8.count <= Self.lengthLimit else { return nil }
        for scalar in inner.unicodeScalars {
            let value = scalar.value
            if value <= 0x20 || (0x7F...0xA0).contains(value) || value == 0x2028 || value == 0x2029 { return nil }
            if scalar == "<" || scalar == ">" { return nil }
        }
        self.text = String(inner)
    }

    /// Printable ASCII without brackets: nothing to take off and nothing to refuse.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= lengthLimit
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    }

    package var description: String { text }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = MessageID(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a Message-ID"))
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
