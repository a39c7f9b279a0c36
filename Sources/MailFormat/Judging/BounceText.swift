// Bounces that mail systems write as plain words: Exim, qmail, older Sendmail, Postfix and hosted services.
import Correspondence

enum BounceText {
    private static let traits: [(StaticString, String)] = [
        ("this message was created automatically by mail delivery software.", "Exim's bounce text"),
        ("this message was created automatically by mail delivery software (exim", "Exim's bounce text"),
        ("hi. this is the qmail-send program", "qmail's bounce text"),
        ("this is the mail system at host", "Postfix's bounce text"),
        ("the original message was received at", "Sendmail's bounce text"),
        ("i'm sorry to have to inform you that", "a mail system's bounce text"),
        ("your message wasn't delivered", "a mail service's bounce text"),
        ("delivery to the following recipient", "a mail service's bounce text"),
        ("i'm afraid i wasn't able to deliver", "qmail's bounce text"),
        ("could not be delivered to", "a mail system's bounce text"),
        ("message you sent could not be delivered", "a mail system's bounce text"),
        ("delivery has failed to these recipients", "Exchange's bounce text"),
        ("undeliverable address", "a mail system's bounce text"),
        ("konnte nicht zugestellt werden", "a mail system's bounce text"),
        ("n'a pas pu être remis", "a mail system's bounce text"),
        ("配信できませんでした", "a mail system's bounce text"),
        ("配送できませんでした", "a mail system's bounce text"),
        ("に配信できません", "a mail system's bounce text"),
        ("宛先に配信", "a mail system's bounce text"),
    ]
    /// What only notices of a delay say.
    private static let delays = Phrases([
        "has not yet been delivered", "delivery attempts will continue", "will be retried until", "still being retried",
        "will keep trying", "will continue to try", "this is a warning message only", "this is a warning only",
        "you do not need to resend your message", "has been delayed", "wird weiterhin versucht",
        "noch nicht zugestellt",
        "n'a pas encore été remis", "todavía no se ha entregado", "再送を試み", "配信が遅延",
    ])
    private static let lengthLimit = 32 << 10

    /// Whether the text tells of a mail that is late and still on its way.
    static func tellsOfDelay(_ text: String) -> Bool { delays.occur(in: LowerCase.of(head(text))) }

    private static func head(_ text: String) -> String {
        String(text.utf8.prefix(lengthLimit)) ?? String(text.prefix(8000))
    }

    static func trait(of text: String) -> String? {
        let head = head(text).lowercased()
        return traits.first { head.hasBytes($0.0) }?.1
    }

    /// The first line that is an address, perhaps in brackets and followed by a colon; else the first address at all.
    static func recipient(in text: String) -> String? {
        var first: String?
        for line in head(text).split(separator: "\n").prefix(200) where line.contains("@") {
            if line.hasPrefix("--- ") || line.hasPrefix("Return-Path") || line.hasPrefix("From:") { break }
            for word in line.split(whereSeparator: { " \t,;()\"".contains($0) }) where word.contains("@") {
                let bare = word.filter { $0 != "<" && $0 != ">" }
                let trimmed = bare.hasSuffix(":") || bare.hasSuffix(".") ? String(bare.dropLast()) : String(bare)
                guard let address = EmailAddress(trimmed), address.domain.contains(".") else { continue }
                if line.trimmingPrefix(while: { $0 == " " || $0 == "<" }).hasPrefix(trimmed) { return address.text }
                if first == nil { first = address.text }
            }
        }
        return first
    }

    /// The first enhanced status code (RFC 3463): class 4 or 5, three numbers, not within a longer number.
    static func status(in text: String) -> String? {
        let bytes = Array(head(text).utf8)
        var index = 0
        while index + 4 < bytes.count {
            defer { index += 1 }
            guard bytes[index] == 52 || bytes[index] == 53, bytes[index + 1] == 46 else { continue }
            if index > 0, (48...57).contains(bytes[index - 1]) || bytes[index - 1] == 46 { continue }
            var end = index + 2
            while end < bytes.count, end - index < 9, (48...57).contains(bytes[end]) || bytes[end] == 46 { end += 1 }
            let code = String(decoding: bytes[index..<end], as: UTF8.self)
            let numbers = code.split(separator: ".", omittingEmptySubsequences: false)
            if numbers.count == 3, numbers.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 3 }) { return code }
            if numbers.count == 4, numbers[3].isEmpty, numbers.dropLast().allSatisfy({ !$0.isEmpty }) {
                return String(code.dropLast())
            }
        }
        return nil
    }

    /// The line with an SMTP reply of class 4 or 5.
    static func diagnostic(in text: String) -> String? {
        for line in head(text).split(separator: "\n").prefix(200) {
            let words = line.split { $0 == " " || $0 == ":" || $0 == "-" || $0 == ";" }
            let hasCode = words.contains { word in
                word.utf8.count == 3 && (word.hasPrefix("5") || word.hasPrefix("4"))
                    && word.utf8.allSatisfy { (48...57).contains($0) }
            }
            if hasCode { return String(String(line).trimmed.prefix(1000)) }
        }
        return nil
    }

    /// A Message-ID line of the mail pasted below.
    static func messageID(in text: String) -> MessageID? {
        for line in text.utf8.prefix(256 << 10).split(separator: 10) {
            let start = line.drop { $0 == 32 || $0 == 9 || $0 == 62 }
            let name = start.prefix(11).map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }
            guard name.elementsEqual("message-id:".utf8) else { continue }
            if let id = HeaderGrammar.messageIDs(Array(start.dropFirst(11))).first { return id }
        }
        return nil
    }
}
