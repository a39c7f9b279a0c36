// How the terms of conversations are kept for searching.

import Correspondence

/// A term is kept as a keyless 60-bit fingerprint in 13 letters and digits. So no engine's tokenizer can cut it, all languages
/// are alike, and the index holds no words: what an erasure leaves in an index's dead segments cannot be read.
/// Two terms of one fingerprint are so rare that a search may show a conversation too many.
enum SearchTerms {
    /// More distinct terms of one message are not indexed.
    static let limit = 4_000

    static func fingerprint(_ term: String) -> String {
        // FNV-1a, 64 bits, folded to the upper 60.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in term.utf8 where byte != 0 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        hash = hash &* 0x9E37_79B9_7F4A_7C15
        // 5 bits a character, opening with a letter so that no tokenizer takes it for a number.
        var text: [UInt8] = [UInt8(ascii: "t")]
        for index in 0..<12 { text.append(alphabet[Int(hash >> UInt64(59 - 5 * index) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// The distinct terms, joined by blanks; nil when there are none.
    static func text(_ words: [String]) -> String? {
        var seen: Set<String> = []
        var parts: [String] = []
        for word in words where !word.isEmpty && seen.insert(word).inserted {
            parts.append(fingerprint(word))
            if parts.count == limit { break }
        }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}
