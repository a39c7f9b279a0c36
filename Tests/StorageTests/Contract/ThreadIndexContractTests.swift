// A mail without References, put into its conversation by its Thread-Index, on every engine.

import Correspondence
import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct ThreadIndexContractTests {
    private static let stranger = FilingContractTests.stranger
    private static let colleague = FilingContractTests.colleague

    /// An index of the conversation `seed`, below so many others.
    private func index(_ seed: UInt8 = 7, depth: Int = 0) throws -> ThreadIndex {
        let bytes = [1, 0xDA, 0x6E, 0x36, 0xC2, 0x47] + Array(repeating: seed, count: 16 + depth * 5)
        return try #require(ThreadIndex(Data(bytes).base64EncodedString().utf8))
    }

    /// A subject of its own: nothing else leads anywhere.
    private func message(
        _ bench: Bench, _ index: ThreadIndex?, from: EmailAddress? = Bench.customer, verified: Bool = true
    ) -> Message {
        // Of two mails one is the newer.
        bench.clock.advance(.seconds(1))
        let text = UUID().uuidString
        var message = bench.message(text, from: from, subject: text, verified: verified)
        message.threadIndex = index
        return message
    }

    private func opened(_ filed: Filed) throws -> ConversationID {
        guard case .waiting(let id) = filed else { throw Missing("a waiting conversation, not \(filed)") }
        return id
    }

    private func roots(_ bench: Bench) async throws -> Int {
        try await bench.opened.database.read {
            try $0.count("SELECT COUNT(*) FROM messages WHERE thread_root IS NOT NULL", [])
        }
    }

    @Test(arguments: Engine.available)
    func `the same root joins a verified participant, whichever of the two is the answer`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            var first = message(bench, try index(depth: 2))
            first.cc = [NamedAddress(address: Self.colleague)]
            let id = try await bench.waiting(first)
            for depth in [3, 2, 0] {
                #expect(try await bench.filed(message(bench, try index(depth: depth))) == .waiting(id))
            }
            #expect(try await bench.filed(message(bench, try index(depth: 1), from: Self.colleague)) == .waiting(id))
            #expect(try await bench.store.messages(of: id).last?.author.kind == .participant)
            #expect(try await opened(bench.filed(message(bench, try index(8)))) != id)
        }
    }

    @Test(arguments: Engine.available)
    func `for anyone else it opens a linked conversation, held for nobody`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(message(bench, try index()))
            for (sender, verified) in [(Bench.customer, false), (Self.stranger, true), (Self.colleague, false)] {
                let other = try opened(
                    try await bench.filed(message(bench, try index(depth: 1), from: sender, verified: verified)))
                #expect(other != id)
                #expect(try await bench.drafting(other).item.isHeld == false)
                if sender == Bench.customer {
                    #expect(try await bench.store.conversation(other).linkedTo == id)
                } else {
                    #expect(try await bench.store.conversation(other).linkedTo != nil)
                }
            }
            let nobody = try opened(try await bench.filed(message(bench, try index(), from: nil, verified: false)))
            #expect(try await bench.store.conversation(nobody).linkedTo != nil)
            #expect(try await bench.store.conversation(id).messageCount == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `it does nothing where a mail names another, known or not`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(message(bench, try index()))
            for keyPath in [\Message.references, \.inReplyTo] {
                var other = message(bench, try index(depth: 1))
                other[keyPath: keyPath] = [try #require(MessageID("unknown@x.example"))]
                let place = try opened(try await bench.filed(other))
                #expect(place != id)
                #expect(try await bench.store.conversation(place).linkedTo == nil)
            }
            #expect(try await bench.store.conversation(id).messageCount == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `a mail that was placed by References leads a later one by its index`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(bench.message(id: "first@home.example"))
            var answer = message(bench, try index())
            answer.references = [try #require(MessageID("first@home.example"))]
            #expect(try await bench.filed(answer) == .waiting(id))
            #expect(try await bench.filed(message(bench, try index(depth: 1))) == .waiting(id))
        }
    }

    @Test(arguments: Engine.available)
    func `a token is stronger than an index, and an index than a tag`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let shown = try await bench.waiting(message(bench, nil))
            let indexed = try await bench.waiting(message(bench, try index()))
            let tagged = try await bench.waiting(message(bench, nil))
            let number = try await bench.store.conversation(tagged).number
            #expect(try await bench.filed(message(bench, try index(depth: 1)), number: number) == .waiting(indexed))
            #expect(try await bench.filed(message(bench, try index(depth: 1)), token: shown) == .waiting(shown))
            #expect(try await bench.filed(message(bench, try index(9)), number: number) == .waiting(tagged))
        }
    }

    @Test(arguments: Engine.available)
    func `of conversations with one root the sender's own comes first, then one they take part in, then the newest`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            var first = message(bench, try index())
            first.cc = [NamedAddress(address: Self.colleague)]
            let own = try await bench.waiting(first)
            // A stranger copies the root and names the customer as a participant.
            var copied = message(bench, try index(), from: Self.stranger)
            copied.cc = [NamedAddress(address: Bench.customer)]
            let strange = try opened(try await bench.filed(copied))
            #expect(strange != own)
            #expect(try await bench.filed(message(bench, try index(depth: 1))) == .waiting(own))
            #expect(try await bench.filed(message(bench, try index(depth: 1), from: Self.colleague)) == .waiting(own))
            // The stranger's second mail stays with the first.
            #expect(try await bench.filed(message(bench, try index(), from: Self.stranger)) == .waiting(strange))
            let other = EmailAddress("other@else.example")
            let third = try opened(try await bench.filed(message(bench, try index(), from: other)))
            #expect(try await bench.store.conversation(third).linkedTo == strange)
            // Of two of their own, the one that was written to last.
            var second = message(bench, try index())
            second.references = [try #require(MessageID("elsewhere@home.example"))]
            let newer = try opened(try await bench.filed(second))
            #expect(newer != own)
            #expect(try await bench.filed(message(bench, try index(depth: 1))) == .waiting(newer))
        }
    }

    @Test(arguments: Engine.available)
    func `what is erased leaves no root, and leads nowhere`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(message(bench, try index()))
            #expect(try await roots(bench) == 1)
            try await bench.store.erase(id)
            #expect(try await roots(bench) == 0)
            let next = try opened(try await bench.filed(message(bench, try index(depth: 1))))
            #expect(try await bench.store.conversation(next).linkedTo == nil)
            try await bench.store.erase(next)
            // Their mail in somebody else's conversation loses its root with its words.
            var mine = message(bench, nil)
            mine.cc = [NamedAddress(address: Self.colleague)]
            let other = try await bench.waiting(mine)
            #expect(
                try await bench.filed(message(bench, try index(), from: Self.colleague), token: other)
                    == .waiting(other))
            #expect(try await roots(bench) == 1)
            _ = try await bench.store.eraseAll(of: Self.colleague)
            #expect(try await bench.store.messages(of: other).count == 2)
            #expect(try await roots(bench) == 0)
        }
    }

    @Test(arguments: Engine.available)
    func `mails without an index cost the index nothing, and mails with one are found by it`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let explain = engine == .sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN "
            let plan = try await bench.opened.database.read { transaction in
                // Of an empty table PostgreSQL would read the whole.
                if engine == .postgresql { try transaction.execute("SET LOCAL enable_seqscan = off", []) }
                return try transaction.query(
                    explain
                        + """
                        SELECT id, conversation FROM messages
                        WHERE desk = ? AND thread_root = ? AND conversation IS NOT NULL ORDER BY id DESC LIMIT ?
                        """, ["desk", "root", 100]
                ).flatMap(\.values)
            }
            let isFound = plan.contains { value in
                if case .text(let text) = value { text.contains("messages_by_thread_root") } else { false }
            }
            #expect(isFound, "\(plan)")
        }
    }

    @Test(arguments: Engine.available)
    func `automatic mail stands in its conversation by its index`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(message(bench, try index()))
            var away = message(bench, try index(depth: 1))
            away.kind = .autoReply
            away.kindReason = "Auto-Submitted: auto-replied"
            #expect(try await bench.filed(away) == .settled(.suppressed, id))
        }
    }
}
