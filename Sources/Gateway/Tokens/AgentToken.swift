// Tokens of agents: whoever answers this notice, from this address and within weeks, speaks for the desk.

import Correspondence
import Crypto
import Foundation

/// What an agent's token says. Only the agent it was made for can show it: the address is signed with it.
struct AgentToken: Sendable, Equatable {
    /// Weeks a token holds beside the one it was made in.
    static let weeks: UInt32 = 5
    static let length = 55

    var conversation: ConversationID
    /// Whose notice it stood in.
    var agent: EmailAddress
    var isExpired: Bool

    /// Since 1970.
    static func week(of instant: Instant) -> UInt32 {
        UInt32(clamping: instant.microseconds / Duration.days(7).microseconds)
    }
}

/// An agent's token is base 32 of: one byte key number, the 16 bytes of the conversation's id, the last byte of the week
/// it ends with, 16 bytes of HMAC-SHA256 over those, the whole week and the agent's address (128 bits). 55 characters.
extension TokenSigner {
    /// `support+TOKEN@domain`; nil where the local part would grow past 64 octets: then the Message-ID alone says it.
    func agentAddress(
        for conversation: ConversationID, agent: EmailAddress, desk: EmailAddress, now: Instant
    ) -> EmailAddress? {
        guard let token = agentToken(conversation, agent, now: now) else { return nil }
        let local = "\(desk.localPart)+\(token)"
        return local.utf8.count <= 64 ? EmailAddress("\(local)@\(desk.domain)") : nil
    }

    /// The Message-ID of a notice.
    func agentMessageID(
        for conversation: ConversationID, agent: EmailAddress, random: [UInt8], now: Instant
    ) -> MessageID? {
        agentToken(conversation, agent, now: now).flatMap {
            MessageID("db.\($0).\(Base32.encode(random))@\(messageIDDomain)")
        }
    }

    /// What all notices of a ticket refer to, so that mail programs show them together. No mail bears it.
    func noticeThread(of conversation: ConversationID) -> MessageID? {
        MessageID("ticket.\(conversation.text)@\(messageIDDomain)")
    }

    /// The token that a mail shows, if it was made for one of `agents`.
    func agentToken(
        shownBy message: Message, desk: EmailAddress, agents: [EmailAddress], now: Instant
    ) -> AgentToken? {
        Self.firstToken(in: message, desk: desk, length: AgentToken.length) { token in
            open(token, agents: agents, now: now)
        }
    }

    /// Whether the mail answers something of ours, whatever it was.
    func answersOurs(_ message: Message) -> Bool {
        let end = "@\(messageIDDomain)".lowercased()
        return message.ancestors.contains { id in
            let text = id.text.lowercased()
            return (text.hasPrefix("db.") || text.hasPrefix("ticket.")) && text.hasSuffix(end)
        }
    }

    private func agentToken(_ conversation: ConversationID, _ agent: EmailAddress, now: Instant) -> String? {
        guard let id = Base32.decode(conversation.text), id.count == Self.idLength, let key = agentKeys[current] else {
            return nil
        }
        let week = AgentToken.week(of: now) + AgentToken.weeks
        let head = [current] + id
        return Base32.encode(head + [UInt8(week & 255)] + Self.signature(Self.signed(head, week, agent), key))
    }

    private func open(_ token: Substring, agents: [EmailAddress], now: Instant) -> AgentToken? {
        guard let bytes = Base32.decode(token), bytes.count == 2 + Self.idLength + Self.signatureLength,
            bytes[0] < 128, let key = agentKeys[bytes[0]]
        else { return nil }
        let head = Array(bytes[...Self.idLength])
        let week = AgentToken.week(of: now)
        // Of all weeks that end in this byte: the one nearest to now, some time ago or soon.
        let last = week + AgentToken.weeks
        let expiry = last &- (((last & 255) &- UInt32(bytes[Self.idLength + 1])) & 255)
        let given = bytes[(Self.idLength + 2)...]
        guard
            let agent = agents.first(where: {
                Self.isSame(Self.signature(Self.signed(head, expiry, $0), key), given)
            })
        else { return nil }
        return AgentToken(
            conversation: ConversationID(Base32.encode(head[1...])), agent: agent, isExpired: expiry < week)
    }

    private static func signed(_ head: [UInt8], _ week: UInt32, _ agent: EmailAddress) -> [UInt8] {
        head + [UInt8(week >> 24), UInt8(week >> 16 & 255), UInt8(week >> 8 & 255), UInt8(week & 255)]
            + Array(agent.key.utf8)
    }
}
