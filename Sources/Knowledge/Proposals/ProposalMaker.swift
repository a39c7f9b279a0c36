// Looks at a ticket that a human answered, and at what the knowledge base already says.

package import Correspondence
import Foundation

/// Pure but for the search it is given, which holds the articles as they are now.
package struct ProposalMaker {
    /// A shorter reply teaches nothing.
    static let shortestReply = 40
    /// From this share of a reply's words on, an article is taken for what it rests on.
    static let fit = 0.6
    /// A question that finds its article with this chance needs no help.
    static let found = 0.75
    static let questionLimit = 300
    static let titleLimit = 120

    private let search: any PassageSearch
    private let analyzer: any Analyzer
    private let now: Instant

    package init(search: any PassageSearch, analyzer: any Analyzer, now: Instant) {
        self.search = search
        self.analyzer = analyzer
        self.now = now
    }

    /// nil where no human answered with words of their own, or there is nothing to learn.
    package func proposal(from folder: TicketFolder, deskName: String) -> Proposal? {
        let messages = folder.messages
        guard let last = messages.lastIndex(where: { $0.isAnswer && $0.author.kind == .agent }) else { return nil }
        let reply = messages[last]
        let earlier = messages[..<last]
        let start = earlier.lastIndex { $0.isAnswer }.map { $0 + 1 } ?? earlier.startIndex
        func asks(_ message: SupportMessage) -> Bool {
            message.direction == .incoming && message.kind == .human && message.author.kind == .customer
        }
        // Where somebody first said “we look into it”, the answer is to the first words.
        let fresh = earlier[start...].filter(asks)
        let asking = fresh.isEmpty ? Array(earlier.filter(asks).prefix(1)) : Array(fresh)
        let words = LetterWords.body(reply.newText)
        guard !asking.isEmpty, words.count >= shortest(words), !asksBack(words) else { return nil }
        let subject = SubjectLine.base(asking.first?.subject ?? "", deskName: deskName)
        let asked = asking.map { LetterWords.body($0.newText) }.joined(separator: "\n")
        let question = question(in: asked.isEmpty ? subject : asked)
        guard !question.isEmpty else { return nil }
        let language = asking.last?.language ?? folder.conversation.language

        let article = article(holding: words, language: reply.language == "und" ? language : reply.language)
        if let article, finds(article, question, language) { return nil }
        let parties = [folder.conversation.customer.name, reply.author.name] + asking.map(\.author.name)
        let names = PersonalWords(names: parties.compactMap { $0 })
        let title = names.mark(String((subject.isEmpty ? question : subject).prefix(Self.titleLimit)))
        let (markedQuestion, markedAnswer) = (names.mark(question), names.mark(words))
        var marked: [String] = []
        for word in (article == nil ? title.marked : []) + markedQuestion.marked + markedAnswer.marked
        where !marked.contains(word) { marked.append(word) }
        return Proposal(
            kind: article == nil ? .article : .question, ticket: folder.ticket.number,
            conversation: folder.conversation.id, answeredAt: reply.at, article: article?.path,
            title: article?.title ?? title.text.split(whereSeparator: \.isWhitespace).joined(separator: " "),
            language: article?.language ?? language, question: markedQuestion.text, answer: markedAnswer.text,
            marked: marked)
    }

    /// Chinese and Japanese say as much in a third of the characters.
    private func shortest(_ words: String) -> Int {
        words.unicodeScalars.contains { $0.value >= 0x2E80 } ? Self.shortestReply / 3 : Self.shortestReply
    }

    /// A reply that only asks for something is no answer yet.
    private func asksBack(_ words: String) -> Bool {
        let sentences = analyzer.sentences(of: words)
        let asking = sentences.count { Self.asks($0) }
        return asking * 2 >= sentences.count
    }

    private static func asks(_ sentence: String) -> Bool {
        sentence.unicodeScalars.last.map { "?？؟".unicodeScalars.contains($0) } ?? false
    }

    /// The sentences that ask, or the first two, in one line.
    private func question(in words: String) -> String {
        let sentences = words.split(separator: "\n").flatMap { analyzer.sentences(of: String($0)) }
        let asking = sentences.filter(Self.asks)
        let chosen = asking.isEmpty ? Array(sentences.prefix(2)) : asking
        var line = ""
        for sentence in chosen {
            let one = sentence.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard line.isEmpty || line.count + one.count < Self.questionLimit else { break }
            line += line.isEmpty ? one : " " + one
        }
        while let first = line.first, "#->*| ".contains(first) { line.removeFirst() }
        return String(line.prefix(Self.questionLimit))
    }

    /// The article for customers that holds most of a reply's words, where it holds enough of them.
    private func article(holding words: String, language: String) -> SearchHit? {
        let said = Set(analyzer.words(of: words, language: language))
        guard !said.isEmpty else { return nil }
        let hits = search.search(words, language: language, limit: 5, now: now, audience: .agents).hits
        let shares = hits.filter { !$0.isForAgents && !$0.passages.isEmpty }.map { hit in
            let text = ([hit.title] + hit.passages.map(\.text)).joined(separator: "\n")
            let known = Set(analyzer.words(of: text, language: hit.language))
            return (hit: hit, share: Double(said.intersection(known).count) / Double(said.count))
        }
        guard let best = shares.max(by: { $0.share < $1.share }), best.share >= Self.fit else { return nil }
        return best.hit
    }

    private func finds(_ article: SearchHit, _ question: String, _ language: String) -> Bool {
        let result = search.search(question, language: language, limit: 1, now: now)
        return result.hits.first?.path == article.path && (result.dayZero ?? 0) >= Self.found
    }
}
