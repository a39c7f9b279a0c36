// Erased means erased: a canary stands in no row of any table, and in no file, afterwards.

import Correspondence
import Foundation
import Testing

@testable import Storage

@Suite struct ErasureContractTests {
    static let person = EmailAddress("canary.person@home.example")!

    /// Tables in which a row holds one of the texts; on the embedded store its files too.
    private func finds(_ texts: [String], _ bench: Bench) async throws -> [String] {
        let tables = [
            "mails", "arrivals", "work", "conversations", "participants", "messages", "drafts", "tickets", "notes",
            "outbox", "reply_sources", "history", "counters",
        ]
        var found: Set<String> = []
        for table in tables {
            let rows = try await bench.opened.database.read { try $0.query("SELECT * FROM \(table)", []) }
            for value in rows.flatMap(\.values) {
                let words: String
                switch value {
                case .text(let text): words = text
                case .bytes(let bytes): words = String(decoding: bytes, as: UTF8.self)
                default: continue
                }
                for text in texts where words.lowercased().contains(text) { found.insert("\(table): \(text)") }
            }
        }
        if bench.engine == .sqlite {
            for path in [bench.path, bench.path + "-wal"] where FileManager.default.fileExists(atPath: path) {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                for text in texts where !bytes.ranges(of: Array(text.utf8)).isEmpty { found.insert("file: \(text)") }
            }
        }
        return found.sorted()
    }

    private func mail(_ words: String, _ bench: Bench) -> Arrival { bench.arrival("\(words) bytes") }

    /// What an automatic mail of that address leaves: suppressed, part of no conversation.
    private func suppressed(_ bench: Bench, from: EmailAddress?, kind: MessageKind, text: String) async throws
        -> ArrivalID
    {
        let arrival = mail(text, bench)
        var message = bench.message(text, from: from, subject: "\(text) subject")
        message.kind = kind
        message.kindReason = "\(text) reason"
        try await bench.filed(message, arrival: arrival)
        return arrival.id
    }

    private func report(_ bench: Bench, _ words: String) -> NewOutgoing {
        var report = bench.outgoing(.report, to: EmailAddress("admin@acme.example")!, body: "\(words) digest")
        report.reply.html = "<p>\(words) digest</p>"
        return report
    }

    @Test(arguments: Engine.available)
    func `a report that has ended keeps no words, and one that waits goes with what is erased`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(bench.message("canaryq text"), arrival: mail("canaryq", bench))
            for settlement in [Settlement.sent(reply: "250"), .failed(error: "550", ticket: bench.id())] {
                try await bench.store.enqueue(report(bench, "canaryq"))
                let lease = try await bench.store.claimDeliveries(limit: 1)[0]
                #expect(lease.item.reply.html == "<p>canaryq digest</p>")
                try await bench.store.settle(lease, settlement)
            }
            let ended = try await bench.store.outbox(state: nil, limit: 9)
            #expect(ended.allSatisfy { $0.reply.body.isEmpty && $0.reply.html == nil })
            #expect(ended.map(\.reply.to.address.text) == ["admin@acme.example", "admin@acme.example"])
            let failed = try #require(ended.first { $0.state == .failed })
            await #expect { try await bench.store.retry(failed.id) } throws: { ($0 as? StoreError)?.code == .invalid }
            try await bench.store.enqueue(report(bench, "canaryq"))
            let begun = try await bench.store.claimDeliveries(limit: 1)
            #expect(begun.count == 1)
            try await bench.store.enqueue(report(bench, "canaryq"))
            try await bench.store.erase(id)
            #expect(try await bench.store.outbox(state: .withdrawn, limit: 9).count == 2)
            #expect(try await finds(["canaryq"], bench) == [])
            #expect(try await bench.store.backlog().isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `mails that are part of no conversation are erased one by one`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let bulk = try await suppressed(bench, from: Self.person, kind: .bulk, text: "canaryq")
            let poison = try await bench.claimed(mail("canaryq", bench))
            try await bench.store.quarantine(poison, reason: "canaryq")
            let unread = mail("canaryq", bench)
            _ = try await bench.store.accept([unread], cursor: nil)
            for id in [bulk, poison.item.id, unread.id] { try await bench.store.eraseArrival(id) }
            #expect(try await bench.store.backlog().isEmpty)
            let left = try await finds(["canaryq", "canary.person"], bench)
            // Why it was quarantined names no mail, and stands in no conversation.
            #expect(left.filter { !$0.hasPrefix("history") && !$0.hasPrefix("file") } == [])
            await #expect { try await bench.store.eraseArrival(bulk) } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
            let arrival = mail("kept", bench)
            _ = try await bench.waiting(arrival: arrival)
            await #expect { try await bench.store.eraseArrival(arrival.id) } throws: {
                ($0 as? StoreError)?.code == .invalid
            }
            #expect(try await bench.store.mail(arrival.id) == arrival.bytes)
        }
    }

    @Test(arguments: Engine.available)
    func `everything of an address goes, and nothing of others`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            // A conversation of theirs, one of somebody else that they wrote in, and automatic mails.
            let own = try await bench.answered(
                bench.message("canaryq one", from: Self.person, subject: "canaryq subject"))
            var mine = bench.message("my words", subject: "Mine")
            mine.cc = [NamedAddress(address: Self.person)]
            let other = try await bench.waiting(mine, arrival: mail("mine", bench))
            guard
                case .waiting(other) = try await bench.filed(
                    bench.message("canaryq two", from: EmailAddress("Canary.Person@home.example"), subject: "canaryq"),
                    arrival: mail("canaryq two", bench), token: other)
            else { throw Missing("a participant's message") }
            _ = try await suppressed(bench, from: Self.person, kind: .autoReply, text: "canaryq away")
            _ = try await suppressed(
                bench, from: nil, kind: .bounce, text: "canaryq: <\(Self.person)> could not be reached")
            let poison = try await bench.claimed(mail("From: Canary.Person@home.example canaryq", bench))
            try await bench.store.quarantine(poison, reason: "unreadable")
            try await bench.store.enqueue(report(bench, "canaryq \(Self.person)"))
            // A part of an address is another address.
            let shorter = EmailAddress("person@home.example")!
            #expect(try await bench.store.eraseAll(of: shorter) == Erasure(conversations: 0, mails: 0))
            let erased = try await bench.store.eraseAll(of: Self.person)
            #expect(erased == Erasure(conversations: 1, mails: 4))
            await #expect(throws: StoreError.self) { try await bench.store.conversation(own) }
            #expect(try await bench.store.messages(of: other).map(\.newText) == ["my words", ""])
            #expect(try await bench.store.messages(of: other).last?.author.address == nil)
            #expect(try await finds(["canaryq", "canary.person"], bench) == [])
            #expect(try await bench.store.eraseAll(of: Self.person) == Erasure(conversations: 0, mails: 0))
        }
    }

    @Test(arguments: Engine.available)
    func `a notice that cannot be read is emptied, and holds up no erasure`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(bench.message("canaryq text"), arrival: mail("canaryq", bench))
            try await bench.store.enqueue(bench.outgoing(.notice, body: "canaryq"))
            _ = try await bench.opened.database.write {
                try $0.execute("UPDATE outbox SET reply = replace(reply, 'purpose', 'unheard-of')", [])
            }
            try await bench.store.erase(id)
            #expect(try await finds(["canaryq"], bench) == [])
        }
    }
}
