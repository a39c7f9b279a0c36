// A sample customer's answer to our reply: the placeholders of a mail filled from the reply that came.

import Correspondence
import Foundation

enum FollowUp {
    /// What a customer's mail program takes over from the mail it answers.
    struct Parent {
        var messageID: MessageID
        var references: [MessageID]
        var address: EmailAddress
        var subject: String
        var text: String
    }

    /// `@@REPLY-…@@` replaced. Header values are encoded words where they are not ASCII.
    static func fill(_ mail: [UInt8], from parent: Parent) -> [UInt8] {
        var text = String(decoding: mail, as: UTF8.self)
        let quote = parent.text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? ">" : "> \($0)" }.joined(separator: "\r\n")
        let values = [
            "@@REPLY-MESSAGE-ID@@": parent.messageID.text,
            "@@REPLY-REFERENCES@@": parent.references.map { "<\($0.text)>" }.joined(separator: "\r\n "),
            "@@REPLY-ADDRESS@@": parent.address.text,
            "@@REPLY-SUBJECT@@": encoded(parent.subject),
            "@@REPLY-QUOTE@@": quote,
        ]
        for (name, value) in values { text = text.replacing(name, with: value) }
        return Array(text.utf8)
    }

    static func hasPlaceholders(_ mail: [UInt8]) -> Bool {
        String(decoding: mail, as: UTF8.self).contains("@@REPLY-")
    }

    /// RFC 2047 in base 64, words of at most 75 characters.
    private static func encoded(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return text }
        var words: [String] = []
        var current = ""
        for character in text {
            if (current + String(character)).utf8.count > 42 {
                words.append(current)
                current = ""
            }
            current.append(character)
        }
        words.append(current)
        return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}
