// Standard input and output as the commands use them: whole lines out, wrapped at 80 columns for humans.

import Foundation

enum Terminal {
    static let width = 80

    /// Writes all of it; a reader that went away ends the program by SIGPIPE, as it should.
    static func write(_ bytes: [UInt8]) { write(bytes, to: 1) }

    static func print(_ text: String) { write(Array("\(text)\n".utf8)) }

    static func complain(_ text: String) { write(Array("deskbridge: \(text)\n".utf8), to: 2) }

    static func note(_ text: String) { write(Array("\(text)\n".utf8), to: 2) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count > 0 {
                done += count
            } else if errno != EINTR && errno != EAGAIN {
                return
            }
        }
    }

    /// `label` in a column of its own, the text wrapped beside it. Empty text gives nothing.
    static func field(_ label: String, _ text: String?, indent: Int = 14) -> String {
        guard let text, !text.isEmpty else { return "" }
        let lead = label.padding(toLength: max(indent, label.count + 1), withPad: " ", startingAt: 0)
        let lines = wrap(text, to: width - indent)
        return lines.enumerated().map { index, line in
            (index == 0 ? lead : String(repeating: " ", count: indent)) + line + "\n"
        }.joined()
    }

    /// Lines of at most `columns` characters, broken at blanks; what has no blank is broken where it must be.
    /// Control characters, which could steer the terminal, are shown as `·`.
    static func wrap(_ text: String, to columns: Int) -> [String] {
        var result: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            var used = 0
            for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
                var rest = Substring(harmless(word))
                var length = columnsOf(rest)
                if used > 0, used + 1 + length > columns {
                    result.append(line)
                    (line, used) = ("", 0)
                }
                while length > columns {
                    let part = rest.prefix(max(1, columns / (length > rest.count ? 2 : 1)))
                    result.append(String(part))
                    rest = rest.dropFirst(part.count)
                    length = columnsOf(rest)
                }
                if used > 0 {
                    line += " "
                    used += 1
                }
                line += rest
                used += length
            }
            result.append(line)
        }
        return result
    }

    /// Cut to `columns`, with `…` where something is missing.
    static func cut(_ text: String, to columns: Int) -> String {
        let clean = harmless(Substring(text.replacing("\n", with: " ")))
        guard columnsOf(Substring(clean)) > columns else { return clean }
        var result = ""
        var used = 0
        for character in clean {
            let width = columnsOf(Substring(String(character)))
            if used + width > columns - 1 { break }
            result.append(character)
            used += width
        }
        return result + "…"
    }

    private static func harmless(_ text: Substring) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return String(text) }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isControl(scalar) ? "·" : scalar) }
        return String(result)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value)
    }

    /// Wide characters of East Asia and emoji take two columns.
    private static func columnsOf(_ text: Substring) -> Int {
        text.reduce(0) { sum, character in
            let value = character.unicodeScalars.first?.value ?? 0
            let isWide =
                (0x1100...0x115F).contains(value) || (0x2E80...0xA4CF).contains(value)
                || (0xAC00...0xD7A3).contains(value) || (0xF900...0xFAFF).contains(value)
                || (0xFE30...0xFE6F).contains(value) || (0xFF00...0xFF60).contains(value)
                || (0x1F300...0x1FAFF).contains(value) || (0x20000...0x3FFFD).contains(value)
            return sum + (isWide ? 2 : 1)
        }
    }
}
