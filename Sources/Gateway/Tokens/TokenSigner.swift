// Signed tokens: this reply address, this Message-ID, this chat belongs to that conversation.

package import Correspondence
import Crypto
import Foundation

/// A token is base 32 of: one byte key number and purpose, the 16 bytes of the conversation's id, 16 bytes of
/// HMAC-SHA256 over both (128 bits). 53 characters: with `support+` in front it stays within the 64 octets of a local
/// part (RFC 5321 section 4.5.3.1.1). Case does not matter, because mail systems change it.
package struct TokenSigner: Sendable {
    enum Purpose: UInt8 {
        case reply = 0
        case chat = 1
    }
    static let signatureLength = 16
    static let tokenLength = 53
    static let idLength = 16

    private let keys: [UInt8: SymmetricKey]
    /// What opens a conversation to its customer never speaks for the desk: agents' tokens have keys of their own.
    let agentKeys: [UInt8: SymmetricKey]
    let current: UInt8
    let messageIDDomain: String

    /// `secret` is whatever the secret file holds; at least 16 bytes. `keyNumber` (0 to 127) tells this key from the
    /// `earlier` ones, which still open what they signed.
    package init(
        secret: [UInt8], keyNumber: UInt8 = 0, earlier: [UInt8: [UInt8]] = [:], messageIDDomain: String
    ) {
        current = keyNumber & 127
        var secrets = Dictionary(earlier.map { ($0.key & 127, $0.value) }) { first, _ in first }
        secrets[current] = secret
        keys = secrets.mapValues { Self.key($0, "deskbridge tokens 1") }
        agentKeys = secrets.mapValues { Self.key($0, "deskbridge agent tokens 1") }
        self.messageIDDomain = DomainName.key(messageIDDomain)
    }

    /// A key of its own for tokens, so that the same secret may sign sessions as well.
    private static func key(_ secret: [UInt8], _ use: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), info: Data(use.utf8), outputByteCount: 32)
    }

    // MARK: Mail

    /// `support+TOKEN@domain`; nil where the local part would grow past 64 octets.
    package func replyAddress(for conversation: ConversationID, desk: EmailAddress) -> EmailAddress? {
        guard let token = token(conversation, .reply) else { return nil }
        let local = "\(desk.localPart)+\(token)"
        return local.utf8.count <= 64 ? EmailAddress("\(local)@\(desk.domain)") : nil
    }

    /// `db.TOKEN.RANDOM@domain`: every Message-ID of ours names its conversation. Without one: `db.RANDOM@domain`.
    package func messageID(for conversation: ConversationID?, random: [UInt8]) -> MessageID? {
        let tail = Base32.encode(random)
        guard let conversation, let token = token(conversation, .reply) else {
            return MessageID("db.\(tail)@\(messageIDDomain)")
        }
        return MessageID("db.\(token).\(tail)@\(messageIDDomain)")
    }

    /// The one Message-ID of a request, whatever its caller calls it: nobody else can make or guess it.
    func messageID(for conversation: ConversationID, request: String) -> MessageID? {
        guard let key = keys[current] else { return nil }
        let name = Array("request \(conversation.text) \(request)".utf8)
        return messageID(for: conversation, random: Array(Self.signature(name, key).prefix(10)))
    }

    /// The conversation that a mail shows a valid token for: in an address it was sent to, or an ancestor's id.
    package func conversation(shownBy message: Message, desk: EmailAddress) -> ConversationID? {
        Self.firstToken(in: message, desk: desk, length: Self.tokenLength) { verify($0, .reply) }
    }

    /// Looks at what may be a token of ours: the detail of an address it was sent to, the middle of an ancestor's id.
    static func firstToken<Found>(
        in message: Message, desk: EmailAddress, length: Int, _ open: (Substring) -> Found?
    ) -> Found? {
        let prefix = "\(desk.localPart)+".lowercased()
        let domain = DomainName.key(desk.domain)
        for address in message.recipients where DomainName.key(address.domain) == domain {
            let local = address.localPart.lowercased()
            guard local.utf8.count == prefix.utf8.count + length, local.hasPrefix(prefix) else { continue }
            if let found = open(local.dropFirst(prefix.count)) { return found }
        }
        for id in message.ancestors {
            guard let at = id.text.lastIndex(of: "@") else { continue }
            let parts = id.text[..<at].split(separator: ".")
            if parts.count == 3, parts[1].utf8.count == length, parts[0].lowercased() == "db",
                let found = open(parts[1])
            {
                return found
            }
        }
        return nil
    }

    // MARK: Chat

    package func chatToken(for conversation: ConversationID) -> String? { token(conversation, .chat) }

    package func conversation(ofChatToken token: String) -> ConversationID? { verify(token, .chat) }

    // MARK: Making and checking

    private func token(_ conversation: ConversationID, _ purpose: Purpose) -> String? {
        guard let id = Base32.decode(conversation.text), id.count == Self.idLength, let key = keys[current] else {
            return nil
        }
        let head = [purpose.rawValue << 7 | current] + id
        return Base32.encode(head + Self.signature(head, key))
    }

    private func verify(_ token: some StringProtocol, _ purpose: Purpose) -> ConversationID? {
        guard token.utf8.count == Self.tokenLength, let bytes = Base32.decode(token),
            bytes.count == 1 + Self.idLength + Self.signatureLength, bytes[0] >> 7 == purpose.rawValue,
            let key = keys[bytes[0] & 127]
        else { return nil }
        let head = Array(bytes[...Self.idLength])
        guard Self.isSame(Self.signature(head, key), bytes[(Self.idLength + 1)...]) else { return nil }
        return ConversationID(Base32.encode(head[1...]))
    }

    /// Constant time: every byte is looked at.
    static func isSame(_ expected: [UInt8], _ given: ArraySlice<UInt8>) -> Bool {
        var difference: UInt8 = expected.count == given.count ? 0 : 1
        for (left, right) in zip(expected, given) { difference |= left ^ right }
        return difference == 0
    }

    static func signature(_ head: [UInt8], _ key: SymmetricKey) -> [UInt8] {
        Array(Array(HMAC<SHA256>.authenticationCode(for: Data(head), using: key)).prefix(Self.signatureLength))
    }
}
