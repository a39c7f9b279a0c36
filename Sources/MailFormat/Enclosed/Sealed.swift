// Mails whose words nobody here can read: encrypted by S/MIME (RFC 8551) or by OpenPGP (RFC 3156, RFC 9580).
import Correspondence

enum Sealed {
    /// How the words are sealed, for humans; nil where they can be read. What is signed can be read.
    static func reason(_ facts: MailFacts) -> String? {
        let types = facts.parts.lazy.map(\.content.value)
        if types.contains("multipart/encrypted") { return "the mail is encrypted (PGP/MIME)" }
        let isSilent = facts.message.newText.utf8.allSatisfy { $0 <= 32 }
        if isSilent, types.contains(where: SignedContent.isType) {
            return "the mail is encrypted (S/MIME), or its content is broken"
        }
        if isArmoured(facts.message.newText) { return "the text is encrypted (PGP)" }
        return nil
    }

    /// The text is one armoured message and nothing else.
    private static func isArmoured(_ text: String) -> Bool {
        let text = text.trimmed
        return text.hasPrefix("-----BEGIN PGP MESSAGE-----") && text.hasSuffix("-----END PGP MESSAGE-----")
    }
}
