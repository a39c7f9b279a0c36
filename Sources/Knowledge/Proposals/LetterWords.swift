// What a letter says between its greeting and its close.

import Foundation

/// Greeting, close, signature and quoted lines taken off, in the languages that a desk is likely to write. What is not
/// known stays: a human looks over it all.
enum LetterWords {
    private static let greetings = [
        "hi", "hello", "hey", "dear", "good morning", "good afternoon", "good evening", "hallo", "guten tag",
        "guten morgen", "guten abend", "sehr geehrte", "sehr geehrter", "liebe", "lieber", "moin", "servus", "grüezi",
        "bonjour", "bonsoir", "salut", "cher", "chère", "madame", "monsieur", "hola", "buenos días", "buenas tardes",
        "estimado", "estimada", "querido", "querida", "ciao", "buongiorno", "buonasera", "gentile", "egregio", "caro",
        "cara", "beste", "geachte", "goedemorgen", "goedemiddag", "dag", "olá", "ola", "bom dia", "boa tarde",
        "prezado", "prezada", "caro", "dzień dobry", "witam", "szanowna", "szanowny", "cześć", "hej", "hejsan",
        "goddag",
        "kære", "hei", "dobrý den", "здравствуйте", "добрый день", "merhaba", "sayın", "مرحبا", "السلام عليكم",
        "こんにちは", "お世話になっております", "您好", "你好", "尊敬的", "안녕하세요",
    ]
    private static let closes = [
        "best", "best regards", "kind regards", "regards", "warm regards", "sincerely", "yours", "cheers", "thanks",
        "thank you", "many thanks", "mit freundlichen grüßen", "mit freundlichen grüssen", "mit besten grüßen",
        "freundliche grüße", "viele grüße", "liebe grüße", "beste grüße", "mfg", "lg", "vg", "gruß", "cordialement",
        "bien cordialement", "bien à vous", "salutations", "meilleures salutations", "merci d'avance", "saludos",
        "un saludo", "atentamente", "cordiali saluti", "distinti saluti", "saluti", "met vriendelijke groet",
        "vriendelijke groeten", "groeten", "mvg", "atenciosamente", "cumprimentos", "com os melhores cumprimentos",
        "pozdrawiam", "z poważaniem", "med vänlig hälsning", "vänliga hälsningar", "mvh", "med venlig hilsen",
        "s pozdravem", "с уважением", "saygılarımla", "مع تحياتي", "よろしくお願いいたします", "敬具", "此致", "감사합니다",
    ]
    /// A greeting or close in a line of its own is no longer than this, a name included.
    private static let lineLimit = 60

    static func body(_ letter: String) -> String {
        var lines = letter.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        if let mark = lines.firstIndex(where: { $0 == "--" }) { lines.removeLast(lines.count - mark) }
        lines.removeAll { $0.hasPrefix(">") }
        trim(&lines)
        if let first = lines.first, begins(first, greetings) {
            lines.removeFirst()
            // `Hello Ann, you can …` goes on in its line.
            if first.count > lineLimit || isSentence(first), let comma = first.firstIndex(where: { ",!".contains($0) }),
                first[..<comma].count <= lineLimit
            {
                let rest = first[first.index(after: comma)...].trimmingCharacters(in: .whitespaces)
                if !rest.isEmpty { lines.insert(rest, at: 0) }
            } else if first.count > lineLimit {
                lines.insert(first, at: 0)
            }
        }
        // The close stands in the last few lines: what is below it is a signature.
        let tail = max(lines.count - 8, min(1, lines.count))
        if let close = lines[tail...].firstIndex(where: {
            isClose($0)
        }) {
            lines.removeLast(lines.count - close)
        }
        trim(&lines)
        return lines.joined(separator: "\n")
    }

    private static func trim(_ lines: inout [String]) {
        while lines.last?.isEmpty == true { lines.removeLast() }
        while lines.first?.isEmpty == true { lines.removeFirst() }
    }

    private static func begins(_ line: String, _ words: [String]) -> Bool {
        let lower = line.lowercased()
        return words.contains { word in
            guard lower.hasPrefix(word) else { return false }
            guard let next = lower.dropFirst(word.count).first else { return true }
            return !next.isLetter || word.unicodeScalars.contains { $0.value >= 0x2E80 }
        }
    }

    private static func isClose(_ line: String) -> Bool {
        guard line.count <= lineLimit, begins(line, closes), !isSentence(line) else { return false }
        return !line.hasSuffix(".") || line.split(separator: " ").count <= 3
    }

    /// More than a name stands behind the comma.
    private static func isSentence(_ line: String) -> Bool {
        guard let comma = line.firstIndex(where: { ",!".contains($0) }) else {
            return line.hasSuffix(".") && line.count > 30
        }
        return line[comma...].split(separator: " ").count > 4
    }
}
