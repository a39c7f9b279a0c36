// Whether a reply carries the prompt's rules out, plainly or in a simple disguise.

import Foundation
import Synchronization

/// A run of 40 letters and digits of the rules is a leak. Case, spaces, punctuation and invisible characters do not
/// count, so spacing the letters out does not help; neither do reversing, rot13, base64 and hex.
enum PromptLeak {
    static let run = 40

    /// `known` are texts whose words are no rules: passages, the conversation, the desk's name.
    static func isLeak(_ reply: String, rules: String, key: String, known: [String]) -> Bool {
        let plain = letters(reply)
        if !key.isEmpty, String(decoding: plain, as: UTF8.self).contains(key.lowercased()) { return true }
        let dense = reply.utf8.filter { $0 > 0x20 }
        let readings =
            [plain, Array(plain.reversed()), plain.map(rot13)]
            + decoded(hex: dense).map(letters) + decoded(base64: dense).map(letters)
        let all = RuleRuns.of(rules)
        let suspects = readings.filter { holds($0, all) }
        guard !suspects.isEmpty else { return false }
        // Only now: most replies hold no run of the rules at all.
        var secret = all
        for text in known { secret.subtract(runs(of: letters(text))) }
        return suspects.contains { holds($0, secret) }
    }

    /// The runs of the rules, which are the same for every draft in a language.
    private enum RuleRuns {
        private static let kept = Mutex<[String: Set<UInt64>]>([:])
        private static let limit = 64

        static func of(_ rules: String) -> Set<UInt64> {
            if let runs = kept.withLock({ $0[rules] }) { return runs }
            let runs = PromptLeak.runs(of: letters(rules))
            kept.withLock { kept in
                if kept.count >= limit { kept = [:] }
                kept[rules] = runs
            }
            return runs
        }
    }

    /// Lower-case letters and digits as UTF-8; everything else is dropped.
    private static func letters(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        for scalar in text.lowercased().unicodeScalars where !UntrustedText.isHidden(scalar) {
            if scalar.isASCII {
                let byte = UInt8(scalar.value)
                if (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) { out.append(byte) }
            } else if scalar.properties.isAlphabetic {
                out.append(contentsOf: Array(String(scalar).utf8))
            }
        }
        return out
    }

    /// A rolling sum over every run. Two runs may share a sum; then a harmless reply is held back, never the other way.
    private static func sums(of bytes: [UInt8], _ take: (UInt64) -> Bool) {
        guard bytes.count >= run else { return }
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var leaving: UInt64 = 1
        for _ in 0..<run { leaving = leaving &* factor }
        var sum: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            sum = sum &* factor &+ UInt64(byte) &+ 1
            if index >= run { sum = sum &- leaving &* (UInt64(bytes[index - run]) &+ 1) }
            if index >= run - 1, !take(sum) { return }
        }
    }

    private static func runs(of bytes: [UInt8]) -> Set<UInt64> {
        var runs: Set<UInt64> = []
        sums(of: bytes) { sum in
            runs.insert(sum)
            return true
        }
        return runs
    }

    private static func holds(_ bytes: [UInt8], _ secret: Set<UInt64>) -> Bool {
        var found = false
        sums(of: bytes) { sum in
            found = secret.contains(sum)
            return !found
        }
        return found
    }

    private static func rot13(_ byte: UInt8) -> UInt8 {
        (0x61...0x7A).contains(byte) ? (byte - 0x61 + 13) % 26 + 0x61 : byte
    }

    private static func decoded(hex bytes: [UInt8]) -> [String] {
        stretches(bytes, longerThan: run * 2) {
            ("0"..."9").contains($0) || ("a"..."f").contains($0) || ("A"..."F").contains($0)
        }
        .flatMap { stretch in
            [0, 1].map { offset in
                var out: [UInt8] = []
                var index = offset
                while index + 1 < stretch.count {
                    let pair = String(decoding: stretch[index...(index + 1)], as: UTF8.self)
                    out.append(UInt8(pair, radix: 16) ?? 0x20)
                    index += 2
                }
                return String(decoding: out, as: UTF8.self)
            }
        }
    }

    private static func decoded(base64 bytes: [UInt8]) -> [String] {
        stretches(bytes, longerThan: run) {
            ("0"..."9").contains($0) || ("a"..."z").contains($0) || ("A"..."Z").contains($0)
                || "+/-_".unicodeScalars.contains($0)
        }
        .flatMap { stretch in
            (0..<4).compactMap { offset in
                var part = stretch.dropFirst(offset).map { $0 == 0x2D ? 0x2B : $0 == 0x5F ? 0x2F : $0 }
                part.removeLast(part.count % 4)
                return Data(base64Encoded: Data(part)).map { String(decoding: $0, as: UTF8.self) }
            }
        }
    }

    private static func stretches(
        _ bytes: [UInt8], longerThan least: Int, of belongs: (Unicode.Scalar) -> Bool
    ) -> [[UInt8]] {
        bytes.split { !belongs(Unicode.Scalar($0)) }.filter { $0.count > least }.map(Array.init)
    }
}
