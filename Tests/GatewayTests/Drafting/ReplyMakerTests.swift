// Outgoing rows: who they go to, what they thread to, which token they carry, what they quote.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct ReplyMakerTests {
    private let signer = TokenSigner(secret: Array(repeating: 7, count: 32), messageIDDomain: "acme.example")

    private func maker(_ change: (inout GatewayPolicy) -> Void = { _ in }) -> ReplyMaker {
        var policy = GatewayPolicy(desk: Sample.desk)
        change(&policy)
        return ReplyMaker(
            policy: policy, signer: signer,
            surroundings: Surroundings(now: { Sample.noon }, randomBytes: { Array(repeating: 3, count: $0) }),
            reports: FakeReportMaker())
    }

    private func automatic(_ messages: [SupportMessage], maker: ReplyMaker? = nil, channel: Channel.Kind = .mailbox)
        -> NewOutgoing?
    {
        (maker ?? self.maker()).automaticReply(
            Sample.item(messages, channel: channel), waiting: messages, draft: Sample.draft())
    }

    private func shown(by reply: OutgoingReply) -> ConversationID? {
        var message = Message()
        message.references = [reply.messageID]
        return signer.conversation(shownBy: message, desk: Sample.desk.address)
    }

    @Test func `a reply goes to the author, in the thread, with our token in both places`() throws {
        var message = Sample.message()
        message.references = [Sample.messageID("first@x"), Sample.messageID("second@x")]
        let outgoing = try #require(automatic([message]))
        let reply = outgoing.reply
        #expect(reply.to == NamedAddress(name: "Carla", address: Sample.address("carla@x.example")))
        #expect(reply.inReplyTo?.text == "m1@x.example")
        #expect(reply.references.map(\.text) == ["first@x", "second@x", "m1@x.example"])
        #expect(shown(by: reply) == Sample.conversationID)
        var answer = Message()
        answer.recipients = [try #require(reply.replyTo)]
        #expect(signer.conversation(shownBy: answer, desk: Sample.desk.address) == Sample.conversationID)
        #expect(reply.number == 12 && reply.subject == "Warranty" && reply.body == "Two years.")
        #expect(reply.purpose == .automaticReply && reply.signer == nil)
        #expect(outgoing.sources.map(\.article) == ["warranty.md"])
        #expect(!outgoing.isChat && outgoing.record != nil)
    }

    @Test func `a parent without References has its In-Reply-To stand for them`() throws {
        var message = Sample.message()
        message.inReplyTo = Sample.messageID("parent@x")
        #expect(try #require(automatic([message])).reply.references.map(\.text) == ["parent@x", "m1@x.example"])
        message.messageID = nil
        let reply = try #require(automatic([message])).reply
        #expect(reply.references.map(\.text) == ["parent@x"] && reply.inReplyTo == nil)
    }

    @Test func `references that somebody piled up are cut`() throws {
        var message = Sample.message()
        message.references = (0..<5_000).map { Sample.messageID("r\($0)@x") }
        let references = try #require(automatic([message])).reply.references
        #expect(references.count <= 60)
        #expect(references.last?.text == "m1@x.example" && references.contains(Sample.messageID("r4999@x")))
    }

    @Test func `a burst is answered at its last message and quoted whole`() throws {
        let messages = [
            Sample.message("a", text: "First?"),
            Sample.message("b", text: "And second?", subject: "More", at: Sample.noon + .seconds(5)),
        ]
        let reply = try #require(automatic(messages)).reply
        #expect(reply.inReplyTo?.text == "b@x.example" && reply.subject == "More")
        #expect(reply.quote?.text == "First?\n\nAnd second?" && reply.quote?.author == "Carla")
    }

    @Test func `what is quoted has an end`() throws {
        let reply = try #require(automatic([Sample.message(text: String(repeating: "a\u{301}", count: 500_000))])).reply
        #expect((reply.quote?.text.unicodeScalars.count ?? 0) <= ReplyMaker.quoteLimit + 10)
    }

    @Test func `Reply-To of the sender, settings without plus and without tag`() throws {
        var message = Sample.message()
        message.answerTo = Sample.address("office@x.example")
        let plain = maker {
            $0.desk.replyAddress = .none
            $0.desk.tag = false
        }
        let reply = try #require(automatic([message], maker: plain)).reply
        #expect(reply.to.address.text == "office@x.example")
        #expect(reply.replyTo == nil && reply.number == nil)
        #expect(shown(by: reply) == Sample.conversationID)
    }

    @Test func `nobody to answer is no reply, but in the chat`() throws {
        #expect(automatic([Sample.message(from: nil)]) == nil)
        #expect(automatic([]) == nil)
        let chat = try #require(automatic([Sample.message(from: nil, channel: Channel(.chat, "chat"))], channel: .chat))
        #expect(chat.isChat && chat.reply.quote == nil)
    }

    @Test func `a human's reply goes to the customer, not to who wrote last from Cc`() throws {
        let messages = [
            Sample.message("a"), Sample.message("b", from: "piet@x.example", kind: .participant),
            Sample.message("c", kind: .desk, direction: .outgoing),
        ]
        let reply = try #require(
            maker().humanReply(Sample.conversation(language: "de"), messages: messages, body: "Yes.", agent: "Ada")
        ).reply
        #expect(reply.to.address.text == "carla@x.example" && reply.inReplyTo?.text == "a@x.example")
        #expect(reply.signer == "Ada" && reply.purpose == .humanReply && reply.language == "de")
        #expect(reply.quote?.text == "How long is the warranty?")
        #expect(shown(by: reply) == Sample.conversationID)
        #expect(maker().humanReply(Sample.conversation(), messages: [], body: "Yes.", agent: "Ada") == nil)
    }

    @Test func `a human's reply goes to the customer, not to the mail system whose bounce came after`() throws {
        var bounce = Sample.message("b", from: "mailer-daemon@mx.example", outcome: .suppressed)
        bounce.kind = .bounce
        let reply = try #require(
            maker().humanReply(
                Sample.conversation(), messages: [Sample.message("a"), bounce], body: "Yes.", agent: "Ada")
        ).reply
        #expect(reply.to.address.text == "carla@x.example" && reply.inReplyTo?.text == "a@x.example")
        #expect(maker().humanReply(Sample.conversation(), messages: [bounce], body: "Yes.", agent: "Ada") == nil)
    }

    @Test func `a mail that joined a chat is answered by mail`() throws {
        let said = Sample.message("a", from: nil, channel: Channel(.chat, "chat"), outcome: .answered)
        let mail = Sample.message("b")
        let outgoing = try #require(
            maker().automaticReply(
                Sample.item([said, mail], channel: .chat), waiting: [mail], draft: Sample.draft()))
        #expect(!outgoing.isChat && outgoing.reply.to.address.text == "carla@x.example")
        #expect(outgoing.reply.quote != nil)
    }

    @Test func `who left an address in the chat has a person's answer there and by mail, without words of the chat`()
        throws
    {
        var said = Sample.message("a", from: nil, subject: "BUY NOW", channel: Channel(.chat, "chat"))
        said.answerTo = Sample.address("victim@x.example")
        let outgoing = try #require(
            maker().humanReply(Sample.conversation(channel: .chat), messages: [said], body: "Yes.", agent: "Ada"))
        #expect(!outgoing.isChat && outgoing.record != nil)
        #expect(outgoing.reply.to.address.text == "victim@x.example" && outgoing.reply.to.name == nil)
        #expect(outgoing.reply.quote == nil && outgoing.reply.subject == "Acme")
        let machine = try #require(automatic([said], channel: .chat))
        #expect(machine.isChat)
    }

    // MARK: Acknowledgements

    private func acknowledgement(_ messages: [SupportMessage], channel: Channel.Kind = .mailbox) -> NewOutgoing? {
        let item = Sample.item(messages, channel: channel)
        return maker { $0.acknowledges = true }.acknowledgement(
            item, waiting: messages.filter { $0.direction == .incoming }, language: "de")
    }

    @Test func `an acknowledgement holds none of the customer's words`() throws {
        let message = Sample.message(text: "BUY NOW http://evil.example", subject: "BUY NOW")
        let reply = try #require(acknowledgement([message])).reply
        #expect(reply.purpose == .acknowledgement && reply.quote == nil)
        #expect(reply.body == "A human will answer (de).")
        #expect(!reply.subject.contains("BUY") && reply.to.name == nil)
        #expect(reply.inReplyTo == message.messageID)
    }

    @Test func `who gets an acknowledgement`() {
        #expect(acknowledgement([Sample.message(isVerified: false)]) == nil)
        #expect(acknowledgement([Sample.message(answerable: false)]) == nil)
        #expect(acknowledgement([Sample.message(kind: .participant)]) == nil)
        let recent = Sample.message("o", kind: .desk, direction: .outgoing, at: Sample.noon - .hours(23))
        #expect(acknowledgement([recent, Sample.message()]) == nil)
        let old = Sample.message("o", kind: .desk, direction: .outgoing, at: Sample.noon - .hours(25))
        #expect(acknowledgement([old, Sample.message()]) != nil)
        #expect(
            maker().acknowledgement(Sample.item([Sample.message()]), waiting: [Sample.message()], language: "en") == nil
        )
        let said = Sample.message(from: nil, isVerified: false, channel: Channel(.chat, "chat"))
        #expect(acknowledgement([said], channel: .chat)?.isChat == true)
        var item = Sample.item([Sample.message("o", kind: .desk, direction: .outgoing), said], channel: .chat)
        item.ticket = SupportTicket(
            id: TicketID("t"), number: 12, conversation: Sample.conversationID, status: .open, priority: .normal,
            reason: "x", reasons: ["x"], openedAt: Sample.noon, updatedAt: Sample.noon)
        #expect(maker().acknowledgement(item, waiting: [said], language: "en") == nil)
        item.ticket?.openedAt = Sample.noon + .seconds(1)
        #expect(maker().acknowledgement(item, waiting: [said], language: "en") != nil)
    }
}

@Suite struct AskedMessagesTests {
    private func out(_ id: String, _ delivery: OutboxState?) -> SupportMessage {
        Sample.message(id, kind: .desk, direction: .outgoing, delivery: delivery)
    }

    private func asked(_ messages: [SupportMessage]) -> [String] {
        DraftingStation.asked(Sample.item(messages)).map(\.id.text)
    }

    @Test func `what an unsent reply answered is asked again with the new message`() {
        let first = Sample.message("a", outcome: .answered)
        #expect(asked([first, out("r", .pending), Sample.message("b")]) == ["a", "b"])
        #expect(asked([first, out("r", .inDoubt), Sample.message("b")]) == ["a", "b"])
        #expect(asked([first, out("r", .sent), Sample.message("b")]) == ["b"])
        #expect(asked([first, out("r", .failed), Sample.message("b")]) == ["b"])
    }

    @Test func `what was answered before that is not`() {
        let messages = [
            Sample.message("a", outcome: .answered), out("r", .sent), Sample.message("b", outcome: .answered),
            out("s", .withdrawn), Sample.message("c", outcome: .answered), out("t", .pending), Sample.message("d"),
        ]
        #expect(asked(messages) == ["b", "c", "d"])
    }

    @Test func `a message that a human has is not asked again, nor one that lies about its time`() {
        #expect(asked([Sample.message("a", outcome: .ticket), out("r", .pending), Sample.message("b")]) == ["b"])
        #expect(asked([out("r", .sent), Sample.message("a", outcome: .answered), Sample.message("b")]) == ["b"])
    }

    @Test func `a mail without a body asks with its subject, and a long one is cut`() {
        #expect(DraftingStation.question([Sample.message(text: "", subject: "Where?")]) == "Where?")
        #expect(DraftingStation.question([Sample.message(text: "One"), Sample.message(text: "Two")]) == "One\n\nTwo")
        #expect(
            DraftingStation.question([Sample.message(text: String(repeating: "x", count: 90_000))]).count
                == GatewayPolicy.questionLimit)
    }
}
