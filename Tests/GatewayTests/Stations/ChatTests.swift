// The chat: a message by the same way as a mail, and its answer in the same call.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct ChatTests {
    /// Stations work until `body` has ended.
    private func whileWorking<Value: Sendable>(
        _ rig: GatewayRig, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    await rig.work()
                    try? await Task.sleep(for: .milliseconds(5))
                }
                return nil
            }
            group.addTask { try await body() }
            while let value = try await group.next() {
                if let value {
                    group.cancelAll()
                    return value
                }
            }
            throw ChatError(code: .tooLate, detail: "")
        }
    }

    private func say(_ rig: GatewayRig, _ text: String, in conversation: ConversationID? = nil) async throws
        -> ChatAnswer
    {
        try await whileWorking(rig) {
            try await rig.chat.say(text, conversation: conversation, user: nil, isIdentityTrusted: false)
        }
    }

    @Test func `a question is answered in the chat, and nothing goes out by mail`() async throws {
        let rig = try await GatewayRig()
        let progress = ProgressLog()
        let answer = try await whileWorking(rig) {
            try await rig.chat.say(
                "How long is the warranty?", conversation: nil, user: nil, isIdentityTrusted: false,
                progress: { await progress.add($0) })
        }
        #expect(answer.reply == "On “How long is the warranty?”: two years.")
        #expect(!answer.isEscalated && answer.ticket == nil && answer.confidence == 0.9)
        #expect(answer.sources.map(\.article) == ["warranty.md"])
        #expect(await progress.all.first == .accepted)
        #expect(rig.sender.attempts.isEmpty)
        let messages = try await rig.base.messages(of: answer.conversation)
        #expect(messages.first?.id == answer.message && messages.first?.outcome == .answered)
        #expect(messages.last?.delivery == .sent)
        try await rig.expectWhole()
    }

    @Test func `one word in the chat is answered in the conversation's language, and what decided is kept`()
        async throws
    {
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (_, request) async throws(AnswererError) -> Draft in
                Sample.draft("Ja.", language: request.language)
            }, guess: ByLetters())
        let first = try await say(rig, "Wie lange gilt denn die Garantie?")
        #expect(try await rig.base.lastDraft(of: first.conversation)?.languageEvidence == .text)
        let second = try await say(rig, "ok", in: first.conversation)
        let draft = try await rig.base.lastDraft(of: first.conversation)
        #expect(draft?.language == "de" && draft?.languageEvidence == .conversation)
        #expect(second.language == "de")
        let other = try await say(rig, "ok")
        #expect(try await rig.base.lastDraft(of: other.conversation)?.languageEvidence == .desk)
    }

    /// Long words are German, few letters nobody's.
    private struct ByLetters: LanguageGuess {
        func guess(_ text: String, among languages: [String]) -> LanguageVerdict {
            text.count < 20 ? .undetermined : LanguageVerdict(language: "de", certainty: 0.9)
        }
    }

    @Test func `the conversation goes on for whoever holds its token`() async throws {
        let rig = try await GatewayRig()
        let first = try await say(rig, "How long?")
        let second = try await say(rig, "And abroad?", in: first.conversation)
        #expect(second.conversation == first.conversation && second.message != first.message)
        #expect(second.reply == "On “And abroad?”: two years.")
        #expect(rig.answerer.requests.last?.earlier.map(\.author) == [.customer, .desk])
    }

    @Test func `two visitors who say the same are two conversations, and one may say it twice`() async throws {
        let rig = try await GatewayRig()
        let first = try await say(rig, "Hello, how long?")
        let other = try await say(rig, "Hello, how long?")
        #expect(other.conversation != first.conversation && other.reply != nil)
        let again = try await say(rig, "Hello, how long?", in: first.conversation)
        #expect(again.conversation == first.conversation && again.message != first.message)
        try await rig.expectWhole()
    }

    @Test func `visitors who say no address do not share one visitor's limit`() async throws {
        let rig = try await GatewayRig { $0.limits.perSender = [Rate(count: 1, period: .hours(1))] }
        for number in 1...3 {
            #expect(try await say(rig, "How long, number \(number)?").reply != nil)
        }
        // Nor does what was said in the chat count against mails.
        let mail = try await rig.arrive(rig.mail("m1", from: rig.policy.desk.address.text + ".example"))
        await rig.work()
        #expect(try await rig.outcome(mail) == .answered)
    }

    @Test func `who asks for a person is told that one comes, with the ticket`() async throws {
        let rig = try await GatewayRig()
        let answer = try await say(rig, "I want to talk to a human")
        #expect(answer.isEscalated && answer.reply == "A human will answer (en).")
        #expect(try await rig.base.ticket(try #require(answer.ticket)).ticket.priority == .high)
        await rig.work()
        #expect(rig.sender.attempts.map(\.recipient.text) == ["ada@acme.example"])
        try await rig.expectWhole()
    }

    @Test func `an agent's reply stands in the chat and is not mailed`() async throws {
        let rig = try await GatewayRig()
        let answer = try await say(rig, "human")
        let number = try await rig.base.conversation(answer.conversation).number
        try await rig.tickets.reply(number, body: "Here I am.", agent: "Ada")
        await rig.work()
        let last = try #require(try await rig.base.messages(of: answer.conversation).last)
        #expect(last.newText == "Here I am." && last.author.kind == .agent && last.delivery == .sent)
        #expect(rig.sender.attempts.allSatisfy { $0.mail.origin == .notice })
    }

    @Test func `whoever goes on writing to a person is not told again that one comes`() async throws {
        let rig = try await GatewayRig()
        let first = try await say(rig, "human")
        let second = try await say(rig, "It is about my order.", in: first.conversation)
        #expect(first.reply == "A human will answer (en)." && second.reply == nil && second.isEscalated)
        try await rig.expectWhole()
    }

    @Test func `an address left in the chat has the agent's answer by mail as well, and nothing before it`()
        async throws
    {
        let rig = try await GatewayRig { $0.notify = [] }
        let answer = try await say(rig, "human")
        try await rig.base.answerByMail(answer.conversation, to: Sample.address("zoe@x.example"))
        #expect(rig.sender.attempts.isEmpty)
        let number = try await rig.base.conversation(answer.conversation).number
        try await rig.tickets.reply(number, body: "Here I am.", agent: "Ada")
        await rig.work()
        #expect(rig.sender.attempts.map(\.recipient.text) == ["zoe@x.example"])
        let mail = try #require(rig.sender.attempts.first).mail
        #expect(mail.text.contains("Here I am.") && !mail.text.contains("human\n") && mail.origin == .human)
        #expect(try await rig.base.messages(of: answer.conversation).last?.newText == "Here I am.")
        try await rig.expectWhole()
    }

    @Test func `a failing answerer hands over`() async throws {
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (_, _) async throws(AnswererError) -> Draft in
                throw AnswererError(.timedOut, detail: "x")
            })
        let answer = try await say(rig, "How long?")
        #expect(answer.isEscalated && answer.ticket != nil && answer.reply == "A human will answer (en).")
    }

    @Test func `a message without words is refused before it is kept`() async throws {
        let rig = try await GatewayRig()
        let error = await #expect(throws: ChatError.self) { _ = try await self.say(rig, " \u{0}\n ") }
        #expect(error?.code == .empty)
        #expect(try await rig.base.ledger(outcome: nil, limit: 10, before: nil).isEmpty)
    }

    @Test func `when nothing answers in time the message is kept`() async throws {
        let rig = try await GatewayRig()
        let error = await #expect(throws: ChatError.self) {
            _ = try await rig.chat.say(
                "How long?", conversation: nil, user: nil, isIdentityTrusted: false, patience: .seconds(-1))
        }
        #expect(error?.code == .tooLate && error?.isTemporary == true)
        await rig.work()
        try await rig.expectWhole()
        let entries = try await rig.base.ledger(outcome: nil, limit: 10, before: nil)
        #expect(entries.map(\.outcome) == [.answered])
    }

    @Test func `a store that is down is said at once`() async throws {
        let rig = try await GatewayRig(wrap: { FaultyStore($0, failsAt: [1]) })
        let error = await #expect(throws: ChatError.self) {
            _ = try await rig.chat.say("How long?", conversation: nil, user: nil, isIdentityTrusted: false)
        }
        #expect(error?.code == .storeUnavailable)
    }

    @Test func `what happens in other conversations costs a waiting chat nothing`() async throws {
        let rig = try await GatewayRig(wrap: { FaultyStore($0) })
        let store = try #require(rig.store as? FaultyStore)
        let answer = try await withThrowingTaskGroup(of: ChatAnswer?.self) { group in
            let progress = ProgressLog()
            group.addTask {
                try await rig.chat.say(
                    "How long?", conversation: nil, user: nil, isIdentityTrusted: false,
                    progress: { await progress.add($0) })
            }
            while await progress.all.count < 2 {
                await rig.work([.read])
                await Task.yield()
            }
            var events = rig.history.subscribe(after: try await rig.base.lastSequence()).makeAsyncIterator()
            let before = store.calls(of: "ledgerEntry")
            let began = ContinuousClock.now
            for number in 0..<40 {
                let mail = rig.mail("m\(number)", from: "c\(number)@x.example", subject: "Question \(number)")
                try await rig.arrive(mail)
                await rig.work([.read])
                // Handed on to everybody, the chat as well.
                while let event = await events.next(), event?.kind != .messageReceived {}
            }
            let seconds = Int((ContinuousClock.now - began).seconds.rounded(.up))
            // One look a beat, and nothing more.
            #expect(store.calls(of: "ledgerEntry") - before <= seconds + 1)
            await rig.work()
            while let answer = try await group.next() {
                if let answer {
                    group.cancelAll()
                    return answer
                }
            }
            throw ChatError(code: .tooLate, detail: "")
        }
        #expect(answer.reply != nil)
        try await rig.expectWhole()
    }

    @Test func `a caller who goes away ends the wait and loses nothing`() async throws {
        let rig = try await GatewayRig()
        let waiting = Task {
            try await rig.chat.say("How long?", conversation: nil, user: nil, isIdentityTrusted: false)
        }
        while try await rig.base.ledger(outcome: nil, limit: 1, before: nil).isEmpty { await Task.yield() }
        waiting.cancel()
        #expect(await waiting.result.isFailure)
        await rig.work()
        try await rig.expectWhole()
    }
}

private actor ProgressLog {
    var all: [ChatProgress] = []

    func add(_ progress: ChatProgress) { all.append(progress) }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { return true }
        return false
    }
}
