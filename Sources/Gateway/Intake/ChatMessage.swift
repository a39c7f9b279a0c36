// A chat message as it is kept: the chat's raw bytes are this value in JSON.

package import Correspondence
import Foundation

package struct ChatMessage: Sendable, Codable, Equatable {
    /// Who writes, as a trusted caller said. From a browser it is nobody's word: of it only the address is used, and only
    /// for what a person answers.
    package struct User: Sendable, Codable, Equatable {
        package var id: String?
        package var name: String?
        package var email: EmailAddress?
        package var role: String?

        package init(id: String? = nil, name: String? = nil, email: EmailAddress? = nil, role: String? = nil) {
            self.id = id
            self.name = name
            self.email = email
            self.role = role
        }
    }
    /// In Unicode scalars: a character may be as long as a sender likes.
    package static let textLimit = 20_000

    /// Cleaned and within `textLimit`.
    package var text: String
    /// Set when the caller showed this conversation's token.
    package var conversation: ConversationID?
    package var user: User?
    package var isIdentityTrusted: Bool
    package var language: LanguageNote

    /// What was found of the language when the message came in.
    package struct LanguageNote: Sendable, Codable, Equatable {
        package var language: String
        package var certainty: Double

        package init(_ verdict: LanguageVerdict) {
            language = verdict.language
            certainty = verdict.certainty
        }
    }

    package init(
        text: String, conversation: ConversationID?, user: User?, isIdentityTrusted: Bool, language: LanguageNote
    ) {
        self.text = text
        self.conversation = conversation
        self.user = user
        self.isIdentityTrusted = isIdentityTrusted
        self.language = language
    }

    /// The text as it may be kept: no NUL and no control characters but line ends and tabs, trimmed, cut.
    package static func cleaned(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        var count = 0
        var before: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            defer { before = scalar }
            let value = scalar.value
            if before == "\r", scalar != "\n" { kept.append("\n") }
            let isControl = (value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7F...0x9F).contains(value)
            let isBlankBefore = kept.isEmpty && scalar.properties.isWhitespace
            if isControl || isBlankBefore { continue }
            kept.append(scalar)
            count += 1
            if count == textLimit { break }
        }
        return String(kept).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package func bytes() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }

    /// The kept bytes as a message of a conversation.
    static func read(_ bytes: [UInt8]) -> Result<(message: Message, chat: ChatMessage), MailReadingError> {
        guard let chat = try? JSONDecoder().decode(ChatMessage.self, from: Data(bytes)) else {
            return .failure(MailReadingError(.notMail, detail: "a chat message that is not in our own form"))
        }
        var message = Message()
        message.text = chat.text
        message.newText = chat.text
        message.subject = String(chat.text.split(separator: "\n").first ?? "").prefix(78).description
        message.language = chat.language.language
        message.languageCertainty = chat.language.certainty
        if let email = chat.user?.email, chat.isIdentityTrusted {
            message.from = NamedAddress(name: chat.user?.name, address: email)
        }
        message.verification = Verification(
            isVerified: true,
            reason: chat.isIdentityTrusted ? "the chat's caller vouches" : "answered in the chat itself")
        return .success((message, chat))
    }
}
