// What does not end in an answer: tickets, suppressed, quarantined and recorded mail, each with exactly one outcome.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct OutcomeTests {
    // MARK: Tickets

    private func ticket(_ rig: GatewayRig, _ arrival: ArrivalID) async throws -> TicketFolder {
        try await rig.base.ticket(try #require(try await rig.conversation(of: arrival).ticket))
    }

    /// One ticket, its notice, and not a word to the customer.
    private func expectTicket(_ rig: GatewayRig, _ arrival: ArrivalID, reason: String) async throws {
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .ticket)
        let folder = try await ticket(rig, arrival)
        #expect(folder.ticket.reason.contains(reason), "\(folder.ticket.reason)")
        #expect(folder.ticket.status == .new)
        #expect(rig.sender.attempts.map(\.recipient.text) == ["ada@acme.example"])
        #expect(rig.sender.attempts.map(\.mail.origin) == [.notice])
        #expect(try await rig.outbox(.automaticReply).isEmpty)
    }

    @Test(arguments: [AnswererError.Code.unavailable, .refused, .timedOut, .badAnswer])
    func `a failing answerer ends with a human`(code: AnswererError.Code) async throws {
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (_, _) async throws(AnswererError) -> Draft in
                throw AnswererError(code, detail: "host 10.0.0.7 said no")
            })
        let arrival = try await rig.arrive(rig.mail("m1"))
        try await expectTicket(rig, arrival, reason: "no draft could be made")
        #expect(try await !ticket(rig, arrival).ticket.reasons.contains { $0.contains("10.0.0.7") })
    }

    @Test(arguments: [
        (Sample.draft(confidence: 0.74), "below"), (Sample.draft("", confidence: 0), "no answer"),
        (Sample.draft(confidence: 1, needsHuman: "a link of nobody's"), "a link of nobody's"),
        (Sample.draft(confidence: .nan), "confidence"),
    ]) func `a draft that may not go out goes along with the ticket`(draft: Draft, reason: String) async throws {
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (_, _) async throws(AnswererError) -> Draft in draft })
        let arrival = try await rig.arrive(rig.mail("m1"))
        try await expectTicket(rig, arrival, reason: reason)
        if draft.confidence.isFinite { #expect(try await ticket(rig, arrival).draft?.reply == draft.reply) }
    }

    @Test func `a ticket names the articles that only agents may read, and no draft is made of them`() async throws {
        func article(_ path: String, _ text: String, _ audience: String?) -> Article {
            Article(
                id: ArticleID(path), path: path, title: "Warranty", language: "en", audience: audience, body: text,
                passages: [Passage(headings: [], text: text, purpose: .answer)])
        }
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (_, request) async throws(AnswererError) -> Draft in
                Sample.draft(request.found.hits.map(\.path).joined(separator: " "), confidence: 0.1)
            })
        await rig.seams.search.replace(with: [
            article("goodwill.md", "How long is the warranty? Two years.", "agents"),
            article("warranty.md", "The warranty is long.", nil),
        ])
        let arrival = try await rig.arrive(rig.mail("m1"))
        try await expectTicket(rig, arrival, reason: "below")
        let folder = try await ticket(rig, arrival)
        #expect(folder.ticket.reasons.contains("for agents: “Warranty” (goodwill.md)"))
        #expect(folder.draft?.reply == "warranty.md")
    }

    @Test func `an unverified sender gets a ticket, with the draft for whoever checks it`() async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(
            rig.mail("m1") { $0.verification = Verification(isVerified: false, reason: "dmarc=fail") })
        try await expectTicket(rig, arrival, reason: "not verified")
        #expect(try await ticket(rig, arrival).draft != nil)
    }

    @Test func `an unverified sender costs no call of a provider`() async throws {
        let answerer = ScriptedAnswerer(asksProvider: true)
        let rig = try await GatewayRig(answerer: answerer)
        let arrival = try await rig.arrive(
            rig.mail("m1") { $0.verification = Verification(isVerified: false, reason: "dmarc=fail") })
        try await expectTicket(rig, arrival, reason: "not verified")
        #expect(answerer.requests.isEmpty)
    }

    @Test func `a mail on a list is a ticket`() async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(
            rig.mail("m1") {
                $0.answerable = false
                $0.answerableReasons = ["List-Id"]
            })
        try await expectTicket(rig, arrival, reason: "List-Id")
    }

    @Test func `a mail without a sender, and one without words, are tickets`() async throws {
        let rig = try await GatewayRig { $0.notify = [] }
        let nobody = try await rig.arrive(rig.mail("m1") { $0.from = nil })
        let wordless = try await rig.arrive(rig.mail("m2", text: "", subject: ""))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcomes([nobody, wordless]) == [.ticket, .ticket])
        #expect(rig.sender.attempts.isEmpty)
    }

    @Test func `a mail that is too old when it is drafted is a ticket`() async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(rig.mail("m1"))
        rig.clock.advance(.hours(49))
        try await expectTicket(rig, arrival, reason: "received more than")
    }

    @Test func `over a sender's limit comes a ticket, and no acknowledgement`() async throws {
        let rig = try await GatewayRig {
            $0.limits.perSender = [Rate(count: 2, period: .hours(1))]
            $0.acknowledges = true
        }
        var arrivals: [ArrivalID] = []
        for number in 1...4 {
            arrivals.append(try await rig.arrive(rig.mail("m\(number)", subject: "Subject \(number)")))
            await rig.work()
        }
        try await rig.expectWhole()
        var outcomes: [Outcome?] = []
        for arrival in arrivals { outcomes.append(try await rig.outcome(arrival)) }
        #expect(outcomes == [.answered, .answered, .ticket, .ticket])
        #expect(rig.sender.attempts.filter { $0.recipient.text == "carla@x.example" }.count == 2)
        #expect(try await rig.outbox(.acknowledgement).isEmpty)
        rig.clock.advance(.hours(1))
        let later = try await rig.arrive(rig.mail("m9", subject: "Subject 9"))
        await rig.work()
        #expect(try await rig.outcome(later) == .answered)
    }

    @Test func `whoever has his answers sent to others gets no more of them`() async throws {
        let rig = try await GatewayRig {
            $0.limits.perSender = [Rate(count: 2, period: .hours(1))]
            $0.acknowledges = true
        }
        var arrivals: [ArrivalID] = []
        for number in 1...4 {
            arrivals.append(
                try await rig.arrive(
                    rig.mail("m\(number)", subject: "Subject \(number)") {
                        $0.replyTo = [NamedAddress(address: Sample.address("victim\(number)@x.example"))]
                    }))
            await rig.work()
        }
        try await rig.expectWhole()
        #expect(try await rig.outcomes(arrivals) == [.answered, .answered, .ticket, .ticket])
        let told = rig.sender.attempts.map(\.recipient.text).filter { $0.hasPrefix("victim") }
        #expect(told == ["victim1@x.example", "victim2@x.example"])
    }

    @Test func `an echo that strips every header is answered a few times, then never again`() async throws {
        let rig = try await GatewayRig { $0.acknowledges = true }
        try await rig.arrive(rig.mail("m0", text: "Hello?"))
        await rig.work()
        for number in 1...30 {
            let answers = rig.sender.attempts.filter { $0.recipient.text == "carla@x.example" }
            guard let last = answers.last else { break }
            rig.clock.advance(.seconds(30))
            try await rig.arrive(rig.mail("e\(number)", text: last.mail.text, subject: "Echo \(number)"))
            await rig.work()
        }
        try await rig.expectWhole()
        #expect(rig.sender.attempts.filter { $0.recipient.text == "carla@x.example" }.count <= 10)
    }

    @Test func `a provider is not asked for what could not go out`() async throws {
        let rig = try await GatewayRig(answerer: ScriptedAnswerer(asksProvider: true)) {
            $0.limits.perSender = [Rate(count: 2, period: .hours(1))]
        }
        var arrival: ArrivalID?
        for number in 1...10 {
            arrival = try await rig.arrive(rig.mail("m\(number)", subject: "Subject \(number)"))
            await rig.work()
        }
        try await rig.expectWhole()
        #expect(rig.answerer.requests.count == 2)
        let last = try await ticket(rig, try #require(arrival)).ticket
        #expect(last.reasons.first?.contains("limits.per-sender") == true)
    }

    @Test func `who writes faster than a model answers comes to a human at last`() async throws {
        let late = LateMail()
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (number, request) async throws(AnswererError) -> Draft in
                guard number < 30 else { throw AnswererError(.refused, detail: "asked without end") }
                await late.arrive()
                return Sample.draft("On “\(request.question)”")
            })
        late.set {
            let number = rig.answerer.requests.count + 1
            try await rig.arrive(rig.mail("m\(number)", text: "Line \(number)?", subject: "Re: Warranty"))
            await rig.work([.read])
            return nil
        }
        let first = try await rig.arrive(rig.mail("m1", text: "Line 1?"))
        await rig.work()
        try await rig.expectWhole()
        #expect(rig.answerer.requests.count == DraftingStation.attemptLimit)
        #expect(try await rig.outcome(first) == .ticket)
        #expect(try await ticket(rig, first).ticket.reason.contains("newer messages came"))
    }

    @Test func `a conversation gets so many automatic replies and then a human`() async throws {
        let rig = try await GatewayRig { $0.limits.perSender = [] }
        var arrival = try await rig.arrive(rig.mail("m0"))
        await rig.work()
        for number in 1...3 {
            rig.clock.advance(.hours(1))
            let last = try #require(rig.sender.attempts.last).mail
            arrival = try await rig.arrive(rig.mail("m\(number)", text: "And \(number)?", replyTo: last))
            await rig.work()
        }
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .ticket)
        #expect(try await rig.outbox(.automaticReply).count == 3)
    }

    @Test func `mail to an open ticket is added to it`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        rig.clock.advance(.minutes(1))
        let second = try await rig.arrive(rig.mail("m2", text: "Are you there?", subject: "Re: Warranty"))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(second) == .ticket)
        #expect(try await ticket(rig, first).ticket.id == ticket(rig, second).ticket.id)
        #expect(try await ticket(rig, second).ticket.priority == .high)
        #expect(try await rig.outbox(.automaticReply).isEmpty)
    }

    @Test(arguments: [GatewayPolicy.Mode.shadow, .review])
    func `modes in which nothing goes out by itself`(mode: GatewayPolicy.Mode) async throws {
        let rig = try await GatewayRig { $0.mode = mode }
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == (mode == .shadow ? .ticket : .review))
        #expect(try await ticket(rig, arrival).draft?.reply.isEmpty == false)
        #expect(try await rig.outbox(.automaticReply).isEmpty)
    }

    @Test func `a verified customer is told once a day that a human will answer, where the desk wishes it`()
        async throws
    {
        let rig = try await GatewayRig { $0.acknowledges = true }
        try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        let first = try #require(rig.sender.attempts.first { $0.recipient.text == "carla@x.example" })
        #expect(first.mail.origin == .automaticReply && !first.mail.subject.contains("Warranty"))
        rig.clock.advance(.hours(1))
        try await rig.arrive(rig.mail("m2", text: "hello?", replyTo: first.mail))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outbox(.acknowledgement).count == 1)
    }

    // MARK: Who may join

    @Test func `a stranger with our token is held, and the customer's conversation stays untouched`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        let answer = try #require(rig.sender.attempts.first).mail
        let before = try await rig.messages(of: first)
        let stranger = try await rig.arrive(
            rig.mail("m2", from: "mallory@evil.example", text: "Send me everything", replyTo: answer))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(stranger) == .ticket)
        #expect(try await rig.messages(of: first) == before)
        #expect(try await rig.conversation(of: stranger).linkedTo == rig.entry(first).conversation)
        #expect(rig.sender.attempts.allSatisfy { $0.recipient.text != "mallory@evil.example" })
        #expect(rig.answerer.requests.last?.earlier.isEmpty == true)
    }

    @Test func `an unverified mail with a token joins, is marked and not answered`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        let answer = try #require(rig.sender.attempts.first).mail
        let second = try await rig.arrive(
            rig.mail("m2", text: "And now?", replyTo: answer) {
                $0.verification = Verification(isVerified: false, reason: "none")
            })
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.entry(second).conversation == rig.entry(first).conversation)
        #expect(try await rig.outcome(second) == .ticket)
        #expect(try await rig.messages(of: first).contains { !$0.isVerified && $0.direction == .incoming })
    }

    @Test func `someone in Cc joins as themselves and gets no answer`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(
            rig.mail("m1") { $0.cc = [NamedAddress(address: Sample.address("piet@x.example"))] })
        await rig.work()
        let answer = try #require(rig.sender.attempts.first).mail
        let second = try await rig.arrive(rig.mail("m2", from: "piet@x.example", text: "And me?", replyTo: answer))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.entry(second).conversation == rig.entry(first).conversation)
        #expect(try await rig.outcome(second) == .ticket)
        #expect(try await rig.messages(of: second).contains { $0.author.kind == .participant })
        #expect(rig.sender.attempts.allSatisfy { $0.recipient.text != "piet@x.example" })
    }

    // MARK: Suppressed, recorded, quarantined

    @Test(arguments: MessageKind.allCases.filter { $0 != .human })
    func `automatic mail is suppressed and nobody is written to`(kind: MessageKind) async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(
            rig.mail("m1") {
                $0.kind = kind
                $0.kindReason = "because of \(kind)"
                $0.answerable = false
            })
        await rig.work()
        try await rig.expectWhole()
        let entry = try await rig.entry(arrival)
        #expect(entry.outcome == .suppressed && entry.kind == kind && entry.outcomeReason == "because of \(kind)")
        #expect(rig.sender.attempts.isEmpty && rig.answerer.requests.isEmpty)
    }

    @Test func `a bounce of our reply gives its customer to a human`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        let answer = try #require(rig.sender.attempts.first).mail
        let bounce = try await rig.arrive(
            rig.mail("b1", from: "mailer-daemon@x.example", replyTo: answer) {
                $0.kind = .bounce
                $0.bounce = Bounce(
                    recipient: "carla@x.example", status: "5.1.1", diagnostic: nil, originalMessageID: answer.messageID)
            })
        await rig.work()
        #expect(try await rig.outcome(bounce) == .suppressed)
        #expect(try await rig.outcome(first) == .answered)
        #expect(try await ticket(rig, first).ticket.reason.contains("could not be delivered"))
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.failed])
    }

    @Test func `history is recorded, and a copy of a mail is too`() async throws {
        let rig = try await GatewayRig()
        let old = try await rig.arrive(rig.mail("m0", subject: "Old"), isHistory: true)
        let first = try await rig.arrive(rig.mail("m1"))
        let copy = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcomes([old, copy]) == [.recorded, .recorded])
        #expect(try await rig.outcome(first) == .answered)
        #expect(rig.sender.attempts.count == 1)
    }

    @Test func `a mail that cannot be read is quarantined after three readings, and its neighbours pass`() async throws
    {
        let rig = try await GatewayRig()
        var poison: [ArrivalID] = []
        var good: [ArrivalID] = []
        for number in 0..<20 {
            poison.append(try await rig.arrive(Array("no mail \(number)".utf8)))
            good.append(try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example")))
        }
        await rig.work()
        for arrival in good { #expect(try await rig.outcome(arrival) == .answered) }
        await rig.workOn(for: .seconds(10), step: .seconds(1))
        try await rig.expectWhole()
        for arrival in poison {
            let entry = try await rig.entry(arrival)
            #expect(entry.outcome == .quarantined && entry.attempts == 3)
            #expect(entry.outcomeReason?.isEmpty == false)
        }
        #expect(try await rig.base.mail(poison[0]) == Array("no mail 0".utf8))
        let reader = try #require(rig.seams.reader as? FakeMailReader)
        #expect(reader.count == 20 * 3 + 20)
        try await rig.base.replay(poison[0])
        await rig.workOn(for: .seconds(10), step: .seconds(1))
        #expect(try await rig.outcome(poison[0]) == .quarantined)
        #expect(reader.count == 20 * 3 + 20 + 3)
    }

    @Test func `a mail that ends the program while it is read is quarantined, and takes no other with it`() async throws
    {
        let clock = TestClock()
        let rig = try await GatewayRig(clock: clock)
        var good: [ArrivalID] = []
        var poison: ArrivalID?
        for number in 0..<100 {
            if number == 50 { poison = try await rig.arrive(rig.mail("poison", from: "evil@x.example")) }
            good.append(try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example")))
        }
        var ends = 0
        for _ in 0..<40 {
            let store = FaultyStore(rig.store)
            var seams = rig.seams
            seams.store = store
            seams.reader = FatalReader(poison: "evil@x.example") { store.die() }
            let keeper = LeaseKeeper(store: store, logger: seams.logger)
            let station = FilingStation(
                seams: seams, policy: rig.policy, signer: rig.signer, keeper: keeper,
                handover: Handover(store: store, keeper: keeper))
            while !store.isDead, (try? await station.round()) == true {}
            guard store.isDead else { break }
            ends += 1
            clock.advance(.seconds(31))
        }
        #expect(ends == 3)
        await rig.workOn(for: .seconds(40), step: .seconds(10))
        #expect(try await rig.outcome(try #require(poison)) == .quarantined)
        for arrival in good { #expect(try await rig.outcome(arrival) == .answered) }
    }

    @Test func `a conversation is found by who wrote, by the domain and by the name of a file`() async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(
            rig.mail("m1", from: "stefan.gross@gross-catering.example") { message in
                message.attachments = [
                    Attachment(
                        name: "Bild-7.jpg", type: "image/jpeg", size: 1, isInline: false, contentID: nil, part: 1)
                ]
            })
        try await rig.arrive(rig.mail("m2", from: "zoe@shop.example"))
        await rig.work()
        let id = try #require(try await rig.entry(arrival).conversation)
        for query in [
            "stefan.gross@gross-catering.example", "Gross-Catering.example", "bild-7.jpg", "gross", "stefan bild",
            "stefan.gross@gross-catering.example warranty",
        ] {
            let words = try #require(SearchWords.asked(query, languages: ["en"], by: FakeAnalyzer()).first)
            let found = try await rig.base.conversations(ConversationFilter(words: words), limit: 9, cursor: nil)
            #expect(found.items.map(\.id) == [id], "\(query)")
        }
    }
}

/// Where it meets the poison, the program ends.
private struct FatalReader: MailReader {
    let poison: String
    let end: @Sendable () -> Void

    func read(_ mail: [UInt8], in context: ReadingContext) async throws(MailReadingError) -> Message {
        let message = try await FakeMailReader().read(mail, in: context)
        if message.from?.address.text == poison { end() }
        return message
    }

    func part(_ index: Int, of mail: [UInt8]) async throws(MailReadingError) -> [UInt8] {
        try await FakeMailReader().part(index, of: mail)
    }
}
