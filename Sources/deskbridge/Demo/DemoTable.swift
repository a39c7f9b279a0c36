// The demo on a terminal of 80 columns: one line a mail as its outcome is written, and where the whole stands.

import Correspondence
import Foundation

struct DemoTable {
    let isLive: Bool
    private static let widths = (from: 21, subject: 29, language: 4, outcome: 22)

    static let header =
        pad("FROM", widths.from) + " " + pad("SUBJECT", widths.subject) + " " + pad("LANG", widths.language)
        + " OUTCOME"

    static func line(_ entry: LedgerEntry) -> String {
        let outcome = entry.outcome.map(\.rawValue) ?? "-"
        let detail = entry.kind.flatMap { $0 == .human ? nil : $0.rawValue }.map { "\(outcome) (\($0))" } ?? outcome
        return pad(entry.from ?? "(unreadable)", widths.from) + " " + pad(entry.subject ?? "", widths.subject) + " "
            + pad(entry.language ?? "", widths.language) + " " + detail
    }

    /// Rewrites the last line on a terminal; says nothing elsewhere. The cursor goes back to its beginning, so that a
    /// line of the log stands by itself.
    func status(_ text: String) {
        guard isLive else { return }
        write("\r\u{1B}[K\(text)\r")
    }

    func say(_ text: String) {
        write((isLive ? "\r\u{1B}[K" : "") + text + "\n")
    }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// Cut or filled to `width` columns; East Asian wide characters take two.
    static func pad(_ text: String, _ width: Int) -> String {
        var kept = ""
        var used = 0
        for character in text where !character.isNewline {
            let columns = columns(of: character)
            if used + columns > width { break }
            kept.append(character)
            used += columns
        }
        return kept + String(repeating: " ", count: width - used)
    }

    private static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first?.value else { return 0 }
        let isWide =
            (0x1100...0x115F).contains(scalar) || (0x2E80...0xA4CF).contains(scalar)
            || (0xAC00...0xD7A3).contains(scalar)
            || (0xF900...0xFAFF).contains(scalar) || (0xFE30...0xFE6F).contains(scalar)
            || (0xFF00...0xFF60).contains(scalar) || (0xFFE0...0xFFE6).contains(scalar)
            || (0x1F300...0x1FAFF).contains(scalar)
        return isWide ? 2 : 1
    }
}
