// Lists, searching, closing and erasing conversations, on every engine.

import Correspondence
import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct ConversationContractTests {
    @Test(arguments: Engine.available)
    func `an address that is left stands with what was written in the chat without one`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let chat = try await bench.waiting(
                bench.message(from: nil), arrival: bench.arrival(channel: Channel(.chat, "chat")))
            let mail = try await bench.waiting(bench.message("Another"))
            try await bench.store.answerByMail(chat, to: Bench.customer)
            #expect(try await bench.store.messages(of: chat).map(\.answerTo) == [Bench.customer])
            #expect(try await bench.store.conversation(chat).customer.address == nil)
            await #expect { try await bench.store.answerByMail(mail, to: Bench.customer) } throws: {
                ($0 as? StoreError)?.code == .invalid
            }
            await #expect { try await bench.store.answerByMail(bench.id(), to: Bench.customer) } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
        }
    }

    @Test(arguments: Engine.available)
    func `conversations are listed most recently changed first, in pages without gaps`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var ids: [ConversationID] = []
            for number in 0..<7 {
                ids.append(try await bench.waiting(bench.message(subject: "Case \(number)")))
                // Two of one moment: the id decides.
                if number != 3 { bench.clock.advance(.seconds(1)) }
            }
            _ = try await bench.filed(bench.message("changed"), token: ids[2])
            let store = bench.store
            var listed: [ConversationID] = []
            var cursor: String?
            repeat {
                let page = try await store.conversations(ConversationFilter(), limit: 3, cursor: cursor)
                listed += page.items.map(\.id)
                cursor = page.next
            } while cursor != nil && listed.count < 20
            let twins = [ids[3], ids[4]].sorted().reversed()
            #expect(listed == [ids[2], ids[6], ids[5]] + twins + [ids[1], ids[0]])
            try await store.close(ids[5], by: "ann")
            let closed = try await store.conversations(ConversationFilter(status: .closed), limit: 9, cursor: nil)
            #expect(closed.items.map(\.id) == [ids[5]])
            #expect(closed.next == nil)
            let event = try await store.events(after: 0, conversation: ids[5], limit: 9).last
            #expect(event?.kind == .conversationClosed)
            #expect(event?.actor == "ann")
            await #expect { try await store.close(bench.id(), by: "ann") } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a new message opens a closed conversation again`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            try await bench.store.close(id, by: "ann")
            _ = try await bench.filed(bench.message("One more thing"), token: id)
            #expect(try await bench.store.conversation(id).status == .open)
        }
    }

    @Test(arguments: Engine.available)
    func `conversations are found by customer and by all words, whatever the script`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let one = try await bench.waiting(bench.message("1", subject: "A"), words: ["paket", "zurück", "荷物"])
            let other = EmailAddress("other@home.example")!
            let two = try await bench.waiting(
                bench.message("2", from: other, subject: "B"), words: ["paket", "it's", "a b", "'\"\\&|!()"])
            _ = try await bench.filed(bench.message("3"), token: one, words: ["later"])
            func found(_ words: [String], customer: EmailAddress? = nil) async throws -> Set<ConversationID> {
                let filter = ConversationFilter(words: words, customer: customer)
                return Set(try await bench.store.conversations(filter, limit: 9, cursor: nil).items.map(\.id))
            }
            #expect(try await found(["paket"]) == [one, two])
            #expect(try await found(["paket", "zurück"]) == [one])
            #expect(try await found(["荷物"]) == [one])
            // Words of different messages of one conversation.
            #expect(try await found(["later", "paket"]) == [one])
            #expect(try await found(["it's"]) == [two])
            #expect(try await found(["'\"\\&|!()"]) == [two])
            #expect(try await found(["a"]) == [])
            #expect(try await found(["pake"]) == [])
            #expect(try await found(["paket"], customer: EmailAddress("OTHER@home.example")) == [two])
            #expect(try await found([], customer: Bench.customer) == [one])
        }
    }

    @Test(arguments: Engine.available)
    func `conversations are found by address, domain and file name, until they are erased`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            var message = bench.message("1", from: EmailAddress("Zoe@Shop.example"), subject: "A")
            message.attachments = [
                Attachment(
                    name: "Invoice 7.PDF", type: "application/pdf", size: 1, isInline: false, contentID: nil, part: 1),
                Attachment(name: "photo.jpg", type: "image/jpeg", size: 1, isInline: false, contentID: nil, part: 2),
            ]
            let analyzer = FakeAnalyzer()
            let one = try await bench.waiting(
                message, words: SearchWords.kept(of: message, language: "en", desk: [Bench.address], by: analyzer))
            let other = bench.message("zoe@shop.example wrote to me", subject: "B")
            let two = try await bench.waiting(
                other, words: SearchWords.kept(of: other, language: "en", desk: [Bench.address], by: analyzer))
            func found(_ query: String) async throws -> Set<ConversationID> {
                for words in SearchWords.asked(query, languages: ["en", "de"], by: analyzer) {
                    let filter = ConversationFilter(words: words)
                    let items = try await bench.store.conversations(filter, limit: 9, cursor: nil).items
                    if !items.isEmpty { return Set(items.map(\.id)) }
                }
                return []
            }
            #expect(try await found("zoe@shop.example") == [one])
            #expect(try await found("<ZOE@shop.example>") == [one])
            #expect(try await found("shop.example") == [one])
            #expect(try await found("photo.jpg") == [one])
            #expect(try await found("invoice") == [one])
            #expect(try await found("zoe") == [one, two])
            #expect(try await found("zoe@other.example") == [])
            // The desk's own address stands on every mail.
            #expect(try await found(Bench.address.text) == [])
            try await bench.store.erase(one)
            #expect(try await found("shop.example") == [two])
            #expect(try await found("photo.jpg") == [])
        }
    }

    @Test(arguments: Engine.available)
    func `erasing leaves the ledger's rows and nothing else`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            let keep = try await bench.waiting(
                bench.message("keep", from: EmailAddress("k@home.example"), subject: "K"))
            try await bench.store.note(ticket.id, TicketNote(at: bench.clock.now, author: "ann", text: "note"))
            let reply = bench.outgoing(
                .humanReply, sources: [Source(article: "a.md", title: "A", quote: "q")])
            try await bench.store.reply(ticket.id, TicketReply(agent: "Ann", outgoing: reply), version: nil)
            let lease = try await bench.claimed(bench.arrival("linked"))
            var filing = bench.filing(bench.message("linked", from: EmailAddress("s@home.example")), token: id)
            filing.words = ["word"]
            guard case .waiting(let linked) = try await bench.store.file([(lease, filing)])[0].get() else {
                throw Missing("a linked conversation")
            }
            let arrival = try #require(
                try await bench.store.ledger(outcome: .ticket, limit: 5, before: nil).first?.arrival)
            try await bench.store.erase(id)
            await #expect { try await bench.store.conversation(id) } throws: { ($0 as? StoreError)?.code == .notFound }
            await #expect(throws: StoreError.self) { try await bench.store.messages(of: id) }
            await #expect(throws: StoreError.self) { try await bench.store.ticket(ticket.id) }
            await #expect(throws: StoreError.self) { try await bench.store.mail(arrival) }
            #expect(try await bench.store.outbox(state: nil, limit: 9).isEmpty)
            #expect(try await bench.store.claimDeliveries(limit: 9).isEmpty)
            #expect(try await bench.store.events(after: 0, conversation: id, limit: 9).isEmpty)
            let entry = try await bench.store.ledgerEntry(arrival)
            #expect(entry.outcome == .ticket)
            #expect(entry.from == nil && entry.subject == nil && entry.conversation == nil && entry.messageID == nil)
            #expect(try await bench.store.conversation(linked).linkedTo == nil)
            #expect(try await bench.store.messages(of: keep).map(\.text) == ["keep"])
            await #expect(throws: StoreError.self) { try await bench.store.erase(id) }
        }
    }

    @Test(arguments: Engine.available)
    func `bytes that another arrival has too stay when one is erased`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let chat = Channel(.chat, "chat")
            let one = try await bench.waiting(
                bench.message("1", from: nil, subject: "A"), arrival: bench.arrival("same", channel: chat))
            let arrival = bench.arrival("same", channel: chat)
            _ = try await bench.waiting(bench.message("2", from: nil, subject: "B"), arrival: arrival)
            try await bench.store.erase(one)
            #expect(try await bench.store.mail(arrival.id) == Array("same".utf8))
        }
    }
}
