// History, articles and keys, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct ListContractTests {
    @Test(arguments: Engine.available)
    func `history tells everything in order and goes on where a reader stopped`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let store = bench.store
            #expect(try await store.lastSequence() == 0)
            let id = try await bench.answered()
            let lease = try await store.claimDeliveries(limit: 1)[0]
            try await store.settle(lease, .sent(reply: "250"))
            let events = try await store.events(after: 0, conversation: nil, limit: 50)
            #expect(events.map(\.kind) == [.messageReceived, .draftMade, .replyQueued, .replySent])
            #expect(events.map(\.conversation) == [id, id, id, id])
            #expect(zip(events, events.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
            #expect(try await store.lastSequence() == events.last?.sequence)
            let page = try await store.events(after: events[0].sequence, conversation: id, limit: 2)
            #expect(page == Array(events[1...2]))
            #expect(try await store.events(after: events[3].sequence, conversation: nil, limit: 5).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `a reader that goes on from the last sequence misses no event of many writers`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let writers = 6
            let each = 30
            let seen = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<writers {
                    group.addTask {
                        for _ in 0..<each {
                            _ = try await bench.opened.database.write { sql in
                                sql.record(
                                    NewEvent(
                                        desk: Bench.desk, at: bench.clock.now, kind: .draftMade, conversation: nil,
                                        ticket: nil, message: nil, actor: "test", detail: ""))
                            }
                        }
                        return []
                    }
                }
                group.addTask {
                    var seen: [Int64] = []
                    let deadline = ContinuousClock.now + .seconds(60)
                    while seen.count < writers * each, ContinuousClock.now < deadline {
                        let events = try await bench.store.events(
                            after: seen.last ?? 0, conversation: nil, limit: 7)
                        seen += events.map(\.sequence)
                    }
                    return seen
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(seen.count == writers * each)
            #expect(seen == seen.sorted())
        }
    }

    private func article(_ path: String, _ body: String, tags: [String] = []) -> Article {
        Article(
            id: ArticleID(path), path: path, title: path, language: "en", tags: tags, body: body,
            passages: [Passage(headings: ["A"], text: body, purpose: .answer)])
    }

    @Test(arguments: Engine.available)
    func `a folder's articles are made exactly these; the revision tells of changes only`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let store = bench.store
            #expect(try await store.articleRevision() == 0)
            let one = article("a.md", "one", tags: ["x", "y"])
            let two = article("b.md", "two")
            #expect(try await store.replaceArticles(origin: "folder", with: [one, two]))
            let first = try await store.articleRevision()
            #expect(first > 0)
            #expect(try await store.articles() == [one, two])
            #expect(try await store.replaceArticles(origin: "folder", with: [two, one]) == false)
            #expect(try await store.articleRevision() == first)
            let added = article("c.md", "three")
            try await store.addArticle(added, origin: "added")
            let changed = article("b.md", "two, changed")
            #expect(try await store.replaceArticles(origin: "folder", with: [changed]))
            #expect(try await store.articles() == [changed, added])
            #expect(try await store.replaceArticles(origin: "folder", with: [], keeping: ["a", "b."]) == false)
            #expect(try await store.articles() == [changed, added])
            let third = try await store.articleRevision()
            #expect(third > first)
            try await store.removeArticle(path: "c.md")
            #expect(try await store.articles() == [changed])
            #expect(try await store.articleRevision() > third)
            await #expect { try await store.removeArticle(path: "c.md") } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
        }
    }

    @Test(arguments: Engine.available)
    func `keys are found by their hash until they expire`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let store = bench.store
            let now = bench.clock.now
            let key = AccessKey(
                id: "1", name: "widget", scopes: [.chatIdentify, .read], hash: "aa", createdAt: now,
                expiresAt: now + .seconds(60))
            let forever = AccessKey(id: "2", name: "ci", scopes: [.admin], hash: "bb", createdAt: now)
            try await store.addKey(key)
            try await store.addKey(forever)
            await #expect { try await store.addKey(key) } throws: { ($0 as? StoreError)?.code == .invalid }
            #expect(try await store.key(hash: "aa") == key)
            #expect(try await store.key(hash: "AA") == nil)
            #expect(try await store.keys() == [key, forever])
            bench.clock.advance(.seconds(60))
            #expect(try await store.key(hash: "aa") == nil)
            #expect(try await store.key(hash: "bb") == forever)
            try await store.removeKey("2")
            #expect(try await store.key(hash: "bb") == nil)
            await #expect { try await store.removeKey("2") } throws: { ($0 as? StoreError)?.code == .notFound }
        }
    }

    @Test(arguments: Engine.available)
    func `sessions live until they expire, are renewed, ended, or too many`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let store = bench.store
            let now = bench.clock.now
            func session(_ hash: String, _ seconds: Double) -> AccessSession {
                AccessSession(hash: hash, beganAt: now, expiresAt: now + .seconds(seconds))
            }
            try await store.addSession(session("aa", 60))
            try await store.addSession(session("bb", 90))
            #expect(try await store.session(hash: "aa") == session("aa", 60))
            #expect(try await store.session(hash: "AA") == nil)
            try await store.renewSession(hash: "aa", until: now + .seconds(120))
            bench.clock.advance(.seconds(90))
            #expect(try await store.session(hash: "aa") == session("aa", 120))
            #expect(try await store.session(hash: "bb") == nil)
            // What has ended is not woken again.
            try await store.renewSession(hash: "bb", until: now + .seconds(500))
            #expect(try await store.session(hash: "bb") == nil)
            try await store.endSession(hash: "aa")
            try await store.endSession(hash: "aa")
            #expect(try await store.session(hash: "aa") == nil)
            for number in 0..<(AccessSession.limit + 5) {
                try await store.addSession(session("n\(number)", 1000 + Double(number)))
            }
            // The five that would have ended first made room.
            #expect(try await store.session(hash: "n4") == nil)
            #expect(try await store.session(hash: "n5") != nil)
            #expect(try await store.endSessions() == AccessSession.limit)
            #expect(try await store.session(hash: "n9") == nil)
            #expect(try await store.endSessions() == 0)
        }
    }
}
