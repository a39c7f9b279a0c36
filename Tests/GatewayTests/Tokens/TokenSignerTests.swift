// Tokens: only what this desk signed, for this purpose, opens a conversation.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct TokenSignerTests {
    private let desk = Sample.desk.address
    private let id = Sample.conversationID
    private let signer = TokenSigner(secret: Array(repeating: 7, count: 32), messageIDDomain: "acme.example")

    private func mail(to recipients: [EmailAddress] = [], references: [String] = []) -> Message {
        var message = Message()
        message.recipients = recipients
        message.references = references.map { Sample.messageID($0) }
        return message
    }

    private func token(_ signer: TokenSigner? = nil) throws -> String {
        try #require((signer ?? self.signer).replyAddress(for: id, desk: desk)?.detail)
    }

    private func address(_ token: some StringProtocol) -> EmailAddress {
        Sample.address("support+\(token)@acme.example")
    }

    @Test func `a reply address names its conversation and fits a local part`() throws {
        let address = try #require(signer.replyAddress(for: id, desk: desk))
        #expect(address.localPart.utf8.count <= 64)
        #expect(try token().utf8.count == TokenSigner.tokenLength)
        #expect(signer.conversation(shownBy: mail(to: [address]), desk: desk) == id)
    }

    @Test func `mail systems may change the case`() throws {
        let address = try #require(signer.replyAddress(for: id, desk: desk))
        #expect(signer.conversation(shownBy: mail(to: [Sample.address(address.text.uppercased())]), desk: desk) == id)
        let messageID = try #require(signer.messageID(for: id, random: [1, 2, 3])).text
        #expect(signer.conversation(shownBy: mail(references: [messageID.uppercased()]), desk: desk) == id)
    }

    @Test func `every Message-ID of ours names its conversation, in References and In-Reply-To`() throws {
        let own = try #require(signer.messageID(for: id, random: Array(0..<10)))
        #expect(own.text.hasSuffix("@acme.example"))
        #expect(own.text.utf8.count < 120)
        #expect(signer.conversation(shownBy: mail(references: ["a@x", own.text, "b@x"]), desk: desk) == id)
        var reply = Message()
        reply.inReplyTo = [own]
        #expect(signer.conversation(shownBy: reply, desk: desk) == id)
        let notice = try #require(signer.messageID(for: nil, random: Array(0..<10)))
        #expect(signer.conversation(shownBy: mail(references: [notice.text]), desk: desk) == nil)
    }

    @Test func `any changed bit is refused`() throws {
        let bytes = try #require(Base32.decode(try token()))
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                let text = Base32.encode(changed)
                #expect(signer.conversation(shownBy: mail(to: [address(text)]), desk: desk) == nil)
                #expect(signer.conversation(ofChatToken: text) == nil)
            }
        }
    }

    @Test func `any changed character, a longer and a shorter token are refused`() throws {
        let token = Array(try token())
        for index in token.indices {
            for other in "0z9a-" where other != token[index] {
                var changed = token
                changed[index] = other
                #expect(signer.conversation(shownBy: mail(to: [address(String(changed))]), desk: desk) == nil)
            }
        }
        #expect(signer.conversation(shownBy: mail(to: [address(String(token) + "0")]), desk: desk) == nil)
        #expect(signer.conversation(shownBy: mail(to: [address(String(token.dropLast()))]), desk: desk) == nil)
        #expect(signer.conversation(shownBy: mail(to: [address("")]), desk: desk) == nil)
    }

    @Test func `a token of one purpose is none of the other`() throws {
        let chat = try #require(signer.chatToken(for: id))
        #expect(signer.conversation(ofChatToken: chat) == id)
        #expect(signer.conversation(ofChatToken: try token()) == nil)
        #expect(signer.conversation(shownBy: mail(to: [address(chat)]), desk: desk) == nil)
    }

    @Test func `another secret, another key number and another conversation make other tokens`() throws {
        let other = TokenSigner(secret: Array(repeating: 8, count: 32), messageIDDomain: "acme.example")
        let renumbered = TokenSigner(
            secret: Array(repeating: 7, count: 32), keyNumber: 1, messageIDDomain: "acme.example")
        for foreign in [other, renumbered] {
            #expect(signer.conversation(shownBy: mail(to: [address(try token(foreign))]), desk: desk) == nil)
            #expect(foreign.conversation(ofChatToken: try #require(signer.chatToken(for: id))) == nil)
        }
        let neighbour = ConversationID(at: Sample.noon, random: Array(repeating: 0, count: 10))
        #expect(signer.replyAddress(for: neighbour, desk: desk) != signer.replyAddress(for: id, desk: desk))
    }

    @Test func `after the secret was changed, tokens of the former one still open`() throws {
        let old = try token()
        let new = TokenSigner(
            secret: Array(repeating: 9, count: 32), keyNumber: 1, earlier: [0: Array(repeating: 7, count: 32)],
            messageIDDomain: "acme.example")
        #expect(new.conversation(shownBy: mail(to: [address(old)]), desk: desk) == id)
        #expect(try token(new) != old)
        #expect(new.conversation(shownBy: mail(to: [address(try token(new))]), desk: desk) == id)
    }

    @Test func `a token counts only at our own address`() throws {
        let token = try token()
        #expect(
            signer.conversation(shownBy: mail(to: [Sample.address("other+\(token)@acme.example")]), desk: desk) == nil)
        #expect(
            signer.conversation(shownBy: mail(to: [Sample.address("support+\(token)@evil.example")]), desk: desk) == nil
        )
        #expect(signer.conversation(shownBy: mail(to: [Sample.address("support@acme.example")]), desk: desk) == nil)
    }

    @Test func `a desk whose own address has a detail has tokens too, and one that is too long has none`() throws {
        let detailed = Sample.address("help+eu@acme.example")
        let address = try #require(signer.replyAddress(for: id, desk: detailed))
        #expect(signer.conversation(shownBy: mail(to: [address]), desk: detailed) == id)
        #expect(signer.replyAddress(for: id, desk: Sample.address("customer-care@acme.example")) == nil)
    }

    @Test func `an id that is not of our making has no token`() {
        #expect(signer.replyAddress(for: ConversationID("1; DROP TABLE"), desk: desk) == nil)
        #expect(signer.chatToken(for: ConversationID("")) == nil)
    }
}
