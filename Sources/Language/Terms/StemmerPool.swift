// Snowball's stemmers, lent to one caller at a time.

import CStemmer
import Synchronization

/// A `sb_stemmer` keeps its result in itself, so it belongs to one thread at a time. The pool keeps idle ones by
/// language and makes more when all are lent; as many exist as were ever used at once.
final class StemmerPool: Sendable {
    static let shared = StemmerPool()

    /// How many idle stemmers of one language are kept.
    private static let idleLimit = 16

    private let idle = Mutex<[String: [Stemmer]]>([:])

    /// Calls `body` with the stemmer of a language, or with nil where Snowball has none (Polish, Japanese, `und`).
    func withStemmer<Result>(for language: String, _ body: (Stemmer?) -> Result) -> Result {
        guard let name = Self.algorithm(for: language) else { return body(nil) }
        let stemmer = idle.withLock { $0[name]?.popLast() } ?? Stemmer(algorithm: name)
        defer {
            if let stemmer {
                idle.withLock { pool in
                    if pool[name, default: []].count < Self.idleLimit { pool[name, default: []].append(stemmer) }
                }
            }
        }
        return body(stemmer)
    }

    private static func algorithm(for language: String) -> String? {
        switch LanguageCode.base(language) {
        case "nb": "norwegian"
        case let code where algorithms.contains(code): code
        default: nil
        }
    }

    private static let algorithms: Set<String> = [
        "ar", "hy", "eu", "ca", "da", "nl", "en", "fi", "fr", "de", "el", "hi", "hu", "id", "ga", "it", "lt", "ne",
        "pt", "ro", "ru", "sr", "es", "sv", "ta", "tr", "yi",
    ]
}

/// `@unchecked Sendable`: it moves between threads, but the pool hands it to one caller, who gives it back when done;
/// nobody else holds it meanwhile.
final class Stemmer: @unchecked Sendable {
    private let handle: OpaquePointer

    init?(algorithm: String) {
        guard let handle = sb_stemmer_new(algorithm, "UTF_8") else { return nil }
        self.handle = handle
    }

    deinit { sb_stemmer_delete(handle) }

    /// The stem of a lower-case word; the word itself when memory runs out.
    func stem(_ word: String) -> String {
        var word = word
        return word.withUTF8 { bytes in
            guard let start = bytes.baseAddress,
                let stem = sb_stemmer_stem(handle, start, Int32(truncatingIfNeeded: bytes.count))
            else { return String(decoding: bytes, as: UTF8.self) }
            let length = Int(sb_stemmer_length(handle))
            return String(decoding: UnsafeBufferPointer(start: stem, count: length), as: UTF8.self)
        }
    }
}
