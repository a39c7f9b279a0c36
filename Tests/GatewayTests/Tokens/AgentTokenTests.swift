// Agents' tokens: for one ticket, one agent and some weeks; customers' tokens never speak for the desk.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct AgentTokenTests {
    private let desk = Sample.desk.address
    private let id = Sample.conversationID
    private let ada = Sample.address("Ada@acme.example")
    private let bob = Sample.address("bob@acme.example")
    private let signer = TokenSigner(secret: Array(repeating: 7, count: 32), messageIDDomain: "acme.example")

    private func mail(to recipients: [EmailAddress] = [], references: [MessageID] = []) -> Message {
        var message = Message()
        message.recipients = recipients
        message.references = references
        return message
    }

    private func address(at now: Instant = Sample.noon, signer: TokenSigner? = nil) throws -> EmailAddress {
        try #require((signer ?? self.signer).agentAddress(for: id, agent: ada, desk: desk, now: now))
    }

    private func shown(
        _ message: Message, agents: [EmailAddress]? = nil, now: Instant = Sample.noon, by signer: TokenSigner? = nil
    ) -> AgentToken? {
        (signer ?? self.signer).agentToken(shownBy: message, desk: desk, agents: agents ?? [bob, ada], now: now)
    }

    @Test func `it names ticket and agent, in an address and in a Message-ID, whatever the case`() throws {
        let address = try address()
        #expect(address.localPart.utf8.count <= 64 && address.detail?.utf8.count == AgentToken.length)
        let token = AgentToken(conversation: id, agent: ada, isExpired: false)
        #expect(shown(mail(to: [address])) == token)
        #expect(shown(mail(to: [Sample.address(address.text.uppercased())])) == token)
        let notice = try #require(
            signer.agentMessageID(for: id, agent: ada, random: Array(0..<10), now: Sample.noon))
        #expect(shown(mail(references: [notice])) == token)
    }

    @Test func `it is nobody else's`() throws {
        #expect(shown(mail(to: [try address()]), agents: [bob]) == nil)
    }

    @Test func `it ends after weeks, and never begins again`() throws {
        let message = mail(to: [try address()])
        #expect(shown(message, now: Sample.noon + .days(30))?.isExpired == false)
        #expect(shown(message, now: Sample.noon + .days(43))?.isExpired == true)
        #expect(shown(message, now: Sample.noon + .days(7 * 200))?.isExpired == true)
        // The week's byte comes round: the signature is over the whole week.
        for weeks in [256, 257, 261, 512] { #expect(shown(message, now: Sample.noon + .days(7 * weeks)) == nil) }
    }

    @Test func `a customer's token gives no agent's right, an agent's opens no customer's door`() throws {
        let customers = try #require(signer.replyAddress(for: id, desk: desk))
        #expect(shown(mail(to: [customers])) == nil)
        let chat = try #require(signer.chatToken(for: id))
        #expect(shown(mail(to: [Sample.address("support+\(chat)@acme.example")])) == nil)
        #expect(signer.conversation(shownBy: mail(to: [try address()]), desk: desk) == nil)
        #expect(signer.conversation(ofChatToken: try #require(try address().detail)) == nil)
    }

    @Test func `no changed bit is taken`() throws {
        let token = try #require(try address().detail)
        let bytes = try #require(Base32.decode(token))
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                let other = Sample.address("support+\(Base32.encode(changed))@acme.example")
                #expect(shown(mail(to: [other])) == nil)
            }
        }
    }

    @Test func `an earlier secret still opens what it signed, another secret opens nothing`() throws {
        let message = mail(to: [try address()])
        let next = TokenSigner(
            secret: Array(repeating: 9, count: 32), keyNumber: 1, earlier: [0: Array(repeating: 7, count: 32)],
            messageIDDomain: "acme.example")
        #expect(shown(message, by: next)?.conversation == id)
        let other = TokenSigner(secret: Array(repeating: 9, count: 32), messageIDDomain: "acme.example")
        #expect(shown(message, by: other) == nil)
    }

    @Test func `a long name of the desk leaves the token to the Message-ID`() {
        let long = Sample.address("customer-service@acme.example")
        #expect(signer.agentAddress(for: id, agent: ada, desk: long, now: Sample.noon) == nil)
    }
}
