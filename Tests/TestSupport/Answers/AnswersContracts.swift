// The contracts of PassageSearch and Answerer as suites that run against every implementation and its fake.

package import Correspondence
import Testing

/// Three small articles in two languages, one of them past its date.
package enum SampleArticles {
    package static let now = Instant(microseconds: 1_700_000_000_000_000)

    package static let all: [Article] = [
        article(
            "en/returns.md", "Returning a machine", "en",
            ["You can return an unused machine within 30 days of delivery. The return label is free."],
            ["Can I return my machine?", "Where do I find the return label?"]),
        article(
            "en/delivery.md", "Delivery times", "en",
            ["A machine is delivered within 5 working days. Shipping costs 4.90 EUR."],
            ["How long does delivery take?", "What does shipping cost?"]),
        article(
            "de/rueckgabe.md", "Rückgabe einer Maschine", "de",
            ["Eine unbenutzte Maschine nehmen wir innerhalb von 30 Tagen zurück."],
            ["Kann ich meine Maschine zurückgeben?"]),
        article(
            "en/christmas.md", "Christmas sale", "en", ["During the christmas sale every grinder costs 99 EUR."], [],
            validUntil: now - .days(1)),
        article(
            "en/margins.md", "Discounts for shops", "en", ["Shops get a discount of twelve percent."], [],
            audience: "wholesale"),
        article(
            "en/goodwill.md", "Goodwill", "en", ["Goodwill vouchers up to 20 EUR need nobody's approval."], [],
            audience: "agents"),
        article("en/asked.md", "Asked often", "en", [], ["Is the espresso vegan?", "Do you sell oat milk?"]),
    ]

    private static func article(
        _ path: String, _ title: String, _ language: String, _ answers: [String], _ questions: [String],
        audience: String? = nil, validUntil: Instant? = nil
    ) -> Article {
        Article(
            id: ArticleID(path), path: path, title: title, language: language, audience: audience,
            validUntil: validUntil,
            body: "",
            passages: answers.map { Passage(headings: [], text: $0, purpose: .answer) }
                + (questions.isEmpty
                    ? []
                    : [Passage(headings: [], text: questions.joined(separator: "\n"), purpose: .questions)]))
    }
}

package enum PassageSearchContract {
    /// Runs every clause of the contract against `search`, which starts empty.
    package static func check(_ search: any PassageSearch) async {
        let now = SampleArticles.now
        #expect(search.search("return", language: "en", limit: 5, now: now) == .nothing)
        await search.replace(with: SampleArticles.all)

        let found = search.search("Can I return a machine?", language: "en", limit: 5, now: now)
        #expect(found.hits.first?.path == "en/returns.md")
        #expect(found.hits.first?.passage.purpose == .answer)
        #expect(found.hits.map(\.score) == found.hits.map(\.score).sorted(by: >))
        #expect(Set(found.hits.map(\.article)).count == found.hits.count)
        for hit in found.hits { #expect(hit.passages.allSatisfy { $0.purpose == .answer }) }
        for share in [
            found.signals.coverage, found.signals.centroid, found.signals.bestLine, found.signals.closestLine,
            found.signals.leastCovered, found.signals.unknown,
        ] {
            #expect((0...1).contains(share))
        }
        if let chance = found.dayZero { #expect((0...1).contains(chance)) }

        let german = search.search("Kann ich meine Maschine zurückgeben?", language: "de", limit: 1, now: now)
        #expect(german.hits.map(\.path) == ["de/rueckgabe.md"])
        #expect(search.search("machine", language: "en", limit: 1, now: now).hits.count == 1)
        #expect(search.search("machine", language: "en", limit: 0, now: now).hits.isEmpty)

        let sale = search.search("christmas sale grinder", language: "en", limit: 5, now: now)
        #expect(!sale.hits.contains { $0.path == "en/christmas.md" })
        let before = search.search("christmas sale grinder", language: "en", limit: 5, now: now - .days(3))
        #expect(before.hits.first?.path == "en/christmas.md")

        func finds(_ path: String, _ question: String, _ audience: Audience) -> Bool {
            search.search(question, language: "en", limit: 9, now: now, audience: audience).hits.contains {
                $0.path == path && $0.isForAgents == (path == "en/goodwill.md")
            }
        }
        #expect(finds("en/margins.md", "discount for shops", .customer(role: "Wholesale")))
        #expect(finds("en/margins.md", "discount for shops", .agents))
        #expect(!finds("en/margins.md", "discount for shops", .customer(role: "private")))
        #expect(!finds("en/margins.md", "discount for shops", .customer(role: nil)))
        #expect(finds("en/goodwill.md", "goodwill vouchers", .agents))
        #expect(!finds("en/goodwill.md", "goodwill vouchers", .customer(role: nil)))
        #expect(!finds("en/goodwill.md", "goodwill vouchers", .customer(role: "agents")))

        let questions = search.search("vegan oat milk", language: "en", limit: 1, now: now).hits.first
        #expect(questions?.path == "en/asked.md")
        #expect(questions?.passages == [])

        #expect(search.search("", language: "und", limit: 5, now: now) == .nothing)
        #expect(search.search("xylophone", language: "en", limit: 5, now: now).signals.coverage < 0.5)
        await search.replace(with: [])
        #expect(search.search("Can I return a machine?", language: "en", limit: 5, now: now) == .nothing)
    }
}

package enum AnswererContract {
    /// Runs the clauses every answerer shares. `answerer` must have something to say when passages are found.
    package static func check(_ answerer: any Answerer, search: any PassageSearch) async throws {
        await search.replace(with: SampleArticles.all)
        #expect(!answerer.name.isEmpty)
        let probed = try await answerer.probe()
        #expect(!probed.isEmpty)

        let draft = try await answerer.draft(request("Can I return an unused machine?", search))
        #expect(draft.reply.contains("30 days"))
        #expect((0...1).contains(draft.confidence))
        #expect(draft.answerer == answerer.name)
        #expect(draft.language == "en")
        #expect(!draft.reasons.isEmpty)
        let passages = SampleArticles.all.flatMap { article in
            article.passages.filter { $0.purpose == .answer }.map { (article.path, $0.text) }
        }
        #expect(!draft.sources.isEmpty)
        for source in draft.sources {
            #expect(passages.contains { $0.0 == source.article && $0.1.contains(source.quote) })
        }

        var nothing = request("Can I return an unused machine?", search)
        nothing.found = .nothing
        let empty = try await answerer.draft(nothing)
        #expect(empty.reply.isEmpty)
        #expect(empty.confidence == 0)
        #expect(empty.sources.isEmpty)

        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let again = try? await answerer.draft(request("Can I return an unused machine?", search))
                    #expect(again?.reply == draft.reply)
                }
            }
        }
    }

    private static func request(_ question: String, _ search: any PassageSearch) -> DraftRequest {
        DraftRequest(
            deskName: "Acme", question: question, subject: "Question", earlier: [], language: "en",
            found: search.search(question, language: "en", limit: 5, now: SampleArticles.now))
    }
}
