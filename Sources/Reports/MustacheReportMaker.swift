// The report maker: mails, digest and reports from Mustache templates.

package import Correspondence
import Mustache

package struct MustacheReportMaker: ReportMaker {
    let library: MustacheLibrary
    let shelf: TemplateShelf
    private let words: WordBook
    /// The folder that a digest's links start with; nil where the desk has no web address.
    private let base: String?
    /// The admin pages, from the same templates.
    package let pages: PageMaker

    /// `folder` holds an edited copy of `templates/`; empty takes those in the binary. `webURL` is the address that the
    /// outside knows the pages by: the digest links to them; empty where there is none. Throws the first fault found,
    /// naming file and line: after this, rendering cannot fail.
    package init(folder: String = "", webURL: String = "") throws(TemplateError) {
        let shelf = try folder.isEmpty ? TemplateShelf() : TemplateShelf(folder: folder)
        var library = MustacheLibrary()
        guard SafeText.registered else { throw TemplateError(.syntax, detail: "the HTML escape is not known") }
        for file in shelf.files.values.sorted(by: { $0.name < $1.name }) where file.isTemplate {
            library.register(try Self.parse(file), named: file.key)
        }
        let check = try TemplateCheck(shelf: shelf)
        try check.checkPartials()
        let words = try WordBook(shelf: shelf)
        for (key, sample) in Sample.views(words: words.words("en")) { try check.check(key, with: sample) }
        self.shelf = shelf
        self.library = library
        self.words = words
        base = webURL.isEmpty ? nil : (webURL.hasSuffix("/") ? String(webURL.dropLast()) : webURL) + PageMaker.base
        pages = PageMaker(library: library, shelf: shelf)
    }

    private static func parse(_ file: TemplateFile) throws(TemplateError) -> MustacheTemplate {
        do {
            return try MustacheTemplate(string: file.isText ? file.text : SafeText.pragma + file.text)
        } catch let error as MustacheTemplate.ParserError {
            throw TemplateError(
                .syntax,
                detail:
                    "\(file.place):\(error.context.lineNumber): \(reason(error)): \(error.context.line.trimmed.prefix(80))"
            )
        } catch {
            throw TemplateError(.syntax, detail: "\(file.place): \(error)")
        }
    }

    /// The parser's codes in words that say what to do.
    private static func reason(_ error: MustacheTemplate.ParserError) -> String {
        switch error.error {
        case MustacheTemplate.Error.sectionCloseNameIncorrect: "this closes another section than the one that is open"
        case MustacheTemplate.Error.expectedSectionEnd: "a section that was opened is never closed with {{/name}}"
        case MustacheTemplate.Error.unfinishedName: "a tag holds more than one name"
        case is MustacheTemplate.Error: "not Mustache (\(error.error))"
        default: "the file ends inside a tag: a }} is missing"
        }
    }

    /// The languages that have words of their own.
    package var languages: [String] { words.languages }

    /// By language, the word that the notice asks the customer to write when they want a person.
    package var humanWords: [String: String] { words.humanWords }

    // MARK: Mail

    package func dress(_ reply: OutgoingReply, desk: DeskProfile) -> MailDress {
        switch reply.purpose {
        case .notice, .report:
            return MailDress(subject: reply.subject, text: reply.body, html: reply.html)
        case .automaticReply, .humanReply, .acknowledgement:
            let words = words.words(reply.language, fallback: desk.fallbackLanguage)
            let view = ReplyDress(reply: reply, desk: desk, words: words).view
            let subject = SubjectLine.reply(
                to: reply.subject, deskName: desk.name, number: desk.tag ? reply.number : nil)
            guard reply.purpose != .acknowledgement else {
                return MailDress(subject: subject, text: mailText("mail/acknowledgement", view), html: nil)
            }
            return MailDress(
                subject: subject, text: mailText("mail/reply", view), html: render("mail/reply.html", view))
        }
    }

    package func ticketNotice(_ notice: TicketNotice, desk: DeskProfile) -> MailDress {
        let subject = "[\(SubjectLine.tagName(desk.name)) #\(notice.number)] \(TicketView.subject(notice.subject))"
        let view = NoticeDress.view(notice, words: words(of: desk))
        // Sections that are left out leave their empty lines.
        var text = mailText("mail/notice", view)
        while text.contains("\n\n\n") { text = text.replacing("\n\n\n", with: "\n\n") }
        return MailDress(subject: subject, text: text, html: nil)
    }

    package func ticketSummary(_ notices: [TicketNotice], more: Int, desk: DeskProfile) -> MailDress {
        let words = words(of: desk)
        let view = NoticeDress.view(notices, more: more, words: words)
        let subject = "[\(SubjectLine.tagName(desk.name))] \(NoticeDress.heading(notices, more: more, words: words))"
        return MailDress(subject: subject, text: mailText("mail/notices", view), html: nil)
    }

    package func refusedAnswer(_ refused: RefusedAnswer, desk: DeskProfile) -> MailDress {
        let words = words(of: desk)
        let subject = "[\(SubjectLine.tagName(desk.name))] \(NoticeDress.heading(refused, words: words))"
        let text = mailText("mail/refused", NoticeDress.view(refused, words: words))
        return MailDress(subject: subject, text: text, html: nil)
    }

    /// Agents read the desk's own language.
    private func words(of desk: DeskProfile) -> Words { words.words(desk.fallbackLanguage) }

    package func handoverLine(language: String) -> String { words.words(language).text(.handover) }

    // MARK: Reports

    package func digest(_ figures: Figures, desk: DeskProfile, madeAt: Instant) -> String {
        let digest = DigestView(figures, clock: DeskClock(timezone: desk.timezone), now: madeAt)
        return render("report/digest", digest.view(desk: desk, base: base))
    }

    package func digestText(_ figures: Figures, desk: DeskProfile, madeAt: Instant) -> String {
        let digest = DigestView(figures, clock: DeskClock(timezone: desk.timezone), now: madeAt)
        return render("report/digest.text", DigestText(digest: digest).view(desk: desk, base: base))
    }

    package func conversationReport(
        _ conversation: SupportConversation, _ messages: [SupportMessage], ticket: TicketFolder?, desk: DeskProfile,
        madeAt: Instant
    ) -> String {
        let clock = DeskClock(timezone: desk.timezone)
        let view = ConversationView.whole(conversation, messages, ticket: ticket, clock: clock, now: madeAt)
        return render("report/conversation", view.merging(frame(desk, clock, madeAt)) { $1 })
    }

    package func ticketsReport(_ tickets: [WaitingTicket], desk: DeskProfile, madeAt: Instant) -> String {
        let clock = DeskClock(timezone: desk.timezone)
        let view = TicketListView.view(tickets, clock: clock, now: madeAt)
        return render("report/tickets", view.merging(frame(desk, clock, madeAt)) { $1 })
    }

    /// One self-contained HTML file: figures, curve, and the questions worth reading.
    package func evaluation(
        _ evaluation: Evaluation, _ answers: [EvaluatedAnswer], _ changes: [EvaluationChange]?, desk: DeskProfile,
        madeAt: Instant
    ) -> String {
        let view = EvaluationView(evaluation: evaluation, answers: answers, changes: changes).view
        return render(
            "report/evaluation", view.merging(frame(desk, DeskClock(timezone: desk.timezone), madeAt)) { $1 })
    }

    private func frame(_ desk: DeskProfile, _ clock: DeskClock, _ now: Instant) -> [String: Any] {
        FrameView.view(desk: desk, clock: clock, now: now)
    }

    /// However a template ends, the mail ends with one line end.
    private func mailText(_ name: String, _ view: [String: Any]) -> String {
        var text = render(name, view)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text + "\n"
    }

    private func render(_ name: String, _ view: [String: Any]) -> String {
        library.render(view, withTemplate: name) ?? ""
    }
}
