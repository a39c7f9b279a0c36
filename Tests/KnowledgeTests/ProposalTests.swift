// What tickets that people answered teach: questions for articles, new articles, and nothing by itself.

import Correspondence
import Foundation
import Language
import MailFormat
import TestSupport
import Testing

@testable import Knowledge

struct ProposalTests {
    private let now = Instant(microseconds: 1_790_000_000_000_000)

    private func message(
        _ author: SupportMessage.AuthorKind, _ text: String, name: String? = nil, subject: String = "Re: Grinder"
    ) -> SupportMessage {
        SupportMessage(
            id: MessageRecordID("m\(text.count)"), conversation: ConversationID("c"),
            direction: author == .customer ? .incoming : .outgoing,
            author: SupportMessage.Author(kind: author, name: name, address: nil), subject: subject, at: now,
            language: "en", text: text, newText: text, channel: Channel(.imported, "import"),
            delivery: author == .customer ? nil : .sent)
    }

    private func folder(_ messages: [SupportMessage]) -> TicketFolder {
        let conversation = SupportConversation(
            id: ConversationID("c"), number: 12, subject: "Grinder", status: .closed, language: "en",
            customer: Party(name: "Ann Smith"), channel: .imported, createdAt: now, updatedAt: now, version: 1,
            messageCount: messages.count)
        let ticket = SupportTicket(
            id: TicketID("t"), number: 12, conversation: conversation.id, status: .resolved, priority: .normal,
            reason: "r", reasons: ["r"], openedAt: now, updatedAt: now, resolvedAt: now)
        return TicketFolder(ticket: ticket, conversation: conversation, messages: messages, draft: nil, notes: [])
    }

    private func propose(_ messages: [SupportMessage], _ articles: [Article] = SampleArticles.all) async -> Proposal? {
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        await search.replace(with: articles)
        return ProposalMaker(search: search, analyzer: SnowballAnalyzer(), now: SampleArticles.now)
            .proposal(from: folder(messages), deskName: "Acme")
    }

    private let asked = "Hello,\n\nmy grinder squeaks since Monday. What can I do about it?\n\nBest\nAnn Smith"
    private let answered = """
        Dear Ann,

        please unscrew the burr carrier of order AB-12345, clean it with a dry brush and put one drop of food-grade oil on
        the axle. Call us at +49 30 1234567 if that does not help, or write to ann.smith@mail.example.

        Kind regards,
        Bob Miller
        Acme Support
        """

    @Test("an answer that no article holds becomes a new article, without greeting, close and signature")
    func newArticle() async throws {
        let proposal = try #require(
            await propose([message(.customer, asked, name: "Ann Smith"), message(.agent, answered, name: "Bob Miller")])
        )
        #expect(proposal.kind == .article)
        #expect(proposal.title == "Grinder")
        #expect(proposal.question == "What can I do about it?")
        #expect(proposal.answer.hasPrefix("please unscrew the burr carrier of order [[AB-12345]], clean it"))
        #expect(!proposal.answer.contains("Dear"))
        #expect(!proposal.answer.contains("Bob"))
        #expect(proposal.marked == ["AB-12345", "+49 30 1234567", "ann.smith@mail.example"])
    }

    @Test("its file is no article until somebody takes its mark out, and reads well then")
    func file() async throws {
        let proposal = try #require(await propose([message(.customer, asked), message(.agent, answered)]))
        let reader = FileArticleReader(languageGuess: CLD2LanguageGuess(), cleaner: LibXMLCleaner())
        func read(_ text: String) -> (articles: [Article], problems: [String]) {
            reader.articles(from: [ArticleFile(path: proposal.fileName, bytes: Array(text.utf8))])
        }
        #expect(read(proposal.markdown).articles == [])
        #expect(read(proposal.markdown).problems.first?.hasPrefix("ticket-12.md: is a proposal") == true)
        let article = try #require(
            read(proposal.markdown.replacingOccurrences(of: "proposal: yes\n", with: "")).articles.first)
        #expect(article.title == "Grinder")
        #expect(article.language == "en")
        #expect(article.passages.map(\.purpose) == [.answer, .questions])
        #expect(article.passages.last?.text == "What can I do about it?")
    }

    @Test("an answer that an article holds proposes the customer's words for it, unless they find it already")
    func question() async throws {
        let reply = """
            Hi Ann,

            you can return an unused machine within 30 days of delivery. The return label is free.

            Best regards
            Bob
            """
        let proposal = try #require(
            await propose([
                message(.customer, "I changed my mind about what I bought. Which options are there for me?"),
                message(.agent, reply),
            ]))
        #expect(proposal.kind == .question)
        #expect(proposal.article == "en/returns.md")
        #expect(proposal.question == "Which options are there for me?")
        #expect(proposal.markdown.contains("It fits en/returns.md"))
        let known = [
            Article(
                id: ArticleID("r"), path: "en/returns.md", title: "Returns", language: "en", body: "",
                passages: [
                    Passage(
                        headings: [],
                        text: "You can return an unused machine within 30 days of delivery. The label is free.",
                        purpose: .answer),
                    Passage(
                        headings: [], text: "Can I return my machine?\nWhere is the return label?", purpose: .questions),
                ])
        ]
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        let articles = known + SampleArticles.all.filter { $0.path != "en/returns.md" }
        await search.replace(with: articles)
        let chance = search.search("Can I return my machine?", language: "en", limit: 1, now: SampleArticles.now)
            .dayZero
        if let chance, chance >= ProposalMaker.found {
            #expect(
                await propose([message(.customer, "Can I return my machine?"), message(.agent, reply)], articles) == nil
            )
        }
    }

    @Test("where no human answered, or only asked back, or said next to nothing, there is nothing to propose")
    func nothing() async {
        #expect(await propose([message(.customer, asked)]) == nil)
        #expect(await propose([message(.customer, asked), message(.desk, answered)]) == nil)
        #expect(await propose([message(.customer, asked), message(.agent, "Done.")]) == nil)
        #expect(
            await propose([
                message(.customer, asked), message(.agent, "Which machine is it, and what does it say on the screen?"),
            ]) == nil)
        #expect(await propose([message(.agent, answered)]) == nil)
    }

    @Test(
        "greeting, close and signature go in many languages; what is none of them stays",
        arguments: [
            ("Guten Tag Frau Meier,\n\nbitte warten.\n\nMit freundlichen Grüßen\nBob", "bitte warten."),
            ("Hello Ann, please wait until Monday.\n\nThanks\nBob\n-- \nAcme", "please wait until Monday."),
            ("Bonjour,\n\nmerci d'attendre.\n\nCordialement,\nBob", "merci d'attendre."),
            (
                "Thanks to the new filter this works.\nBest of all: it is free.",
                "Thanks to the new filter this works.\nBest of all: it is free."
            ),
            ("> quoted\nPlease wait.", "Please wait."), ("お世話になっております。\nお待ちください。\nよろしくお願いいたします。", "お待ちください。"),
            ("Hi", ""), ("", ""),
        ])
    func letters(letter: String, body: String) {
        #expect(LetterWords.body(letter) == body)
    }

    @Test("names, addresses and numbers are marked, ordinary words and short numbers are not")
    func personal() {
        let words = PersonalWords(names: ["Ann Smith", "田中"])
        #expect(
            words.mark(
                "Ann, your order 4711-22 of 2026 goes to Hauptstraße 12 within 30 days, see https://a.example/x?id=7."
            ).text
                == "[[Ann]], your order [[4711-22]] of 2026 goes to [[Hauptstraße 12]] within 30 days, see [[https://a.example/x?id=7]]."
        )
        #expect(
            words.mark("田中様、IBAN DE89 3704 0044 0532 0130 00").text == "[[田中]]様、IBAN [[DE89 3704 0044 0532 0130 00]]")
        #expect(words.mark("Annual smithing costs 20 EUR.").marked == [])
    }

    @Test("marking is linear")
    func linear() {
        let words = PersonalWords(names: ["Ann"])
        for unit in ["1 ", "A1-", "Ann ", "a@", "https://", "("] {
            func time(_ size: Int) -> Duration {
                let text = String(repeating: unit, count: size / unit.utf8.count)
                return ProcessorTime.least { _ = words.mark(text) }
            }
            _ = time(1000)
            #expect(time(16_000) < time(2000) * 24 + .milliseconds(60), "\(unit)")
        }
    }
}
