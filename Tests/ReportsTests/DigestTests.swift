// The digest: arithmetic, one file that stands alone, nothing unescaped, empty states, 78 columns.

import Correspondence
import Foundation
import Testing

@testable import Reports

struct DigestTests {
    let maker: MustacheReportMaker

    init() throws {
        maker = try MustacheReportMaker()
    }

    @Test("quantiles lie between the nearest ranks")
    func quantiles() {
        #expect(ReportFigures.quantile([], 0.5) == nil)
        #expect(ReportFigures.quantile([4], 0.95) == 4)
        #expect(ReportFigures.quantile([1, 2, 3, 4], 0.5) == 2.5)
        #expect(ReportFigures.quantile([0, 10], 0.95) == 9.5)
    }

    @Test("numbers, shares and durations in words")
    func numbers() {
        #expect(Numbers.count(1_234_567) == "1,234,567")
        #expect(Numbers.share(999, of: 1000) == ">99%")
        #expect(Numbers.share(1, of: 1000) == "<1%")
        #expect(Numbers.share(0, of: 0) == "–")
        #expect(Numbers.duration(0.42) == "0.4 s")
        #expect(Numbers.duration(125) == "2 min")
        #expect(Numbers.duration(7800) == "2 h 10 min")
        #expect(Numbers.duration(86_400 * 3) == "3 d")
        #expect(Numbers.dollars(0.00042) == "$0.00042")
        #expect(DayChart.nice(53) == 60)
        #expect(DayChart.nice(0) == 2)
    }

    @Test("only answers, reviews and tickets count as from people")
    func shares() {
        let derived = ReportFigures(SampleDesk.figures)
        #expect(derived.fromPeople == 203 + 40 + 4)
        #expect(derived.answeredShare == 203.0 / 247)
        #expect(derived.costPerAnswer == nil)
    }

    @Test("the digest is one file: no scripts, nothing loaded, every value escaped")
    func standsAlone() {
        let html = maker.digest(SampleDesk.figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        for part in ["<script", "src=", "href=", "url(", "@import", "onload='", "{{"] { #expect(!html.contains(part)) }
        for part in [
            "82%", "#1229", "Jörg Müller", "配送状況について教えてください", "at least $0.4127", "more than 1,000 parts",
            "&lt;script&gt;",
        ] {
            #expect(html.contains(part), "\(part)")
        }
        if let folder = ProcessInfo.processInfo.environment["REPORTS_TO"] {
            try? html.write(toFile: "\(folder)/digest.html", atomically: true, encoding: .utf8)
            let text = maker.digestText(SampleDesk.figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
            try? text.write(toFile: "\(folder)/digest.txt", atomically: true, encoding: .utf8)
            let empty = Figures(period: ReportPeriod(from: SampleDesk.now - .days(1), to: SampleDesk.now))
            try? maker.digest(empty, desk: SampleDesk.desk, madeAt: SampleDesk.now)
                .write(toFile: "\(folder)/empty.html", atomically: true, encoding: .utf8)
            try? maker.conversationReport(
                Sample.conversation, [Sample.message], ticket: Sample.folder, desk: SampleDesk.desk,
                madeAt: SampleDesk.now
            ).write(toFile: "\(folder)/conversation.html", atomically: true, encoding: .utf8)
            try? maker.dress(SampleDesk.reply(), desk: SampleDesk.desk).html?
                .write(toFile: "\(folder)/reply.html", atomically: true, encoding: .utf8)
        }
    }

    @Test("with a web address the digest links to tickets and pages, and the file still loads nothing")
    func links() throws {
        let linked = try MustacheReportMaker(webURL: "https://desk.acme.example/")
        let html = linked.digest(SampleDesk.figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        let number = try #require(SampleDesk.figures.waiting.first).ticket.number
        #expect(html.contains("<a href=\"https://desk.acme.example/admin/tickets/\(number)\">"))
        #expect(html.contains("<a href=\"https://desk.acme.example/admin/conversations\">"))
        for part in ["<script", "src=", "url(", "@import"] { #expect(!html.contains(part)) }
        let text = linked.digestText(SampleDesk.figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        #expect(text.contains("\n  https://desk.acme.example/admin/tickets\n"))
        #expect(!maker.digestText(SampleDesk.figures, desk: SampleDesk.desk, madeAt: SampleDesk.now).contains("https:"))
    }

    @Test("an answer to a later question shows that question; one that its subject says is not said again")
    func followUps() {
        var figures = SampleDesk.figures
        func item(_ question: String) -> AnsweredItem {
            AnsweredItem(
                conversation: ConversationID("c"), number: 5, subject: "Descaling", language: "en", at: SampleDesk.now,
                sources: [], confidence: 0.9, delivery: .sent, question: question)
        }
        figures.answered = [item("And how long\nis the warranty?"), item("Descaling how often?"), item("")]
        let html = maker.digest(figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        #expect(html.contains(">And how long is the warranty?</div>"))
        #expect(!html.contains("how often?"))
        #expect(DigestView.question(of: item(String(repeating: "word ", count: 100))).count == 141)
    }

    @Test("what a foreign server said stays out of lists")
    func shortReasons() {
        let whole = "a reply to x@example.org could not be delivered: the mailbox is full (5.2.2)"
        #expect(
            FailedDelivery.short("\(whole); their server said: 552 \(String(repeating: "long ", count: 60))") == whole)
        #expect(FailedDelivery.short("a refund") == "a refund")
    }

    @Test("an empty period is told in words")
    func empty() {
        let figures = Figures(period: ReportPeriod(from: SampleDesk.now - .days(1), to: SampleDesk.now))
        let html = maker.digest(figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        for part in ["Nothing came in.", "No ticket waits.", "Every mail could be read."] {
            #expect(html.contains(part))
        }
        let text = maker.digestText(figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        #expect(text.contains("No ticket waits."))
    }

    @Test("the plain text keeps to 78 columns")
    func columns() {
        let text = maker.digestText(SampleDesk.figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        for line in text.split(separator: "\n") { #expect(DigestText.width(String(line)) <= 78, "\(line)") }
        #expect(text.contains("#1229"))
        #expect(text.contains("82%"))
    }

    @Test("long lists show their first rows, fold the others and count what is left out; nothing is lost")
    func folded() {
        var figures = SampleDesk.figures
        figures.waiting = (0..<60).map { number in
            SampleDesk.ticket(
                2000 + number, "Question \(number)", SampleDesk.customer("Anna", "anna@example.org"), "en", "not sure",
                .normal, hours: 2)
        }
        figures.waitingCount = 75
        figures.withCustomerCount = 3
        let html = maker.digest(figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        let parts = html.components(separatedBy: "<details class=\"rest\"><summary>Show 45 more</summary>")
        #expect(parts.count == 2)
        #expect(parts[0].contains("#2004") && !parts[0].contains("#2005"))
        #expect(parts[1].contains("#2005") && parts[1].contains("#2049") && !parts[1].contains("#2050"))
        #expect(html.contains("and 25 more"))
        #expect(html.contains("3 more were answered and wait for the customer."))
        #expect(html.contains("none urgent, 3 with the customer"))
        // Five answers are no long list; that two of them answered more than one message makes no more rows.
        #expect(!html.contains("Show 0 more") && !html.contains("and 198 more"))
        let text = maker.digestText(figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        #expect(text.contains("#2019") && !text.contains("#2020") && text.contains("\n  and 55 more\n"))
        #expect(text.contains("Tickets waiting for the customer ........................ 3"))
        #expect(text.contains("     normal · Anna · English · not sure"))
        figures.answered[0].sources += figures.answered[0].sources
        let twice = maker.digestText(figures, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        #expect(twice.contains("     English · sent · from en/returns.md\n"))
    }

    @Test("a reason stands once on a ticket's page, and an unlikely draft is not put into the agent's mouth")
    func saidOnce() {
        var folder = Sample.folder
        folder.ticket.reasons = ["the customer asks for a person", "no line comes close"]
        folder.messages[0].outcomeReason = "the customer asks for a person"
        folder.draft?.reasons = ["no line comes close", "another thing"]
        folder.draft?.needsHuman = "the customer asks for a person"
        folder.draft?.reply = "Print a label."
        folder.draft?.confidence = 0.03
        let frame = PageFrame(desk: SampleDesk.desk, csrf: "t", flash: nil, now: SampleDesk.now)
        let page = maker.pages.ticket(folder, frame: frame)
        for reason in ["the customer asks for a person", "no line comes close", "another thing"] {
            #expect(page.components(separatedBy: reason).count == 2, "\(reason)")
        }
        #expect(page.contains("required></textarea>") && page.contains("Print a label."))
        folder.draft?.confidence = 0.7
        #expect(maker.pages.ticket(folder, frame: frame).contains("required>Print a label.</textarea>"))
    }

    @Test(
        "a confidence reads as it was decided by: rounded down",
        arguments: [(0.749, "74%"), (0.9999, "99%"), (0.29, "29%"), (1, "100%"), (.nan, "unknown"), (-1, "0%")])
    func confidence(value: Double, shown: String) {
        #expect(Numbers.percent(value) == shown)
    }

    @Test("a long period is drawn by weeks")
    func weeks() {
        var figures = Figures(period: ReportPeriod(from: SampleDesk.now - .days(90), to: SampleDesk.now))
        figures.days = (0..<90).map { (SampleDesk.now - .days(90 - $0), [.answered: 1]) }
        let chart = DayChart(figures)
        #expect(chart.byWeek)
        #expect(chart.bars.count == 13)
        #expect(chart.bars.map(\.total).reduce(0, +) == 90)
    }

    @Test("reports of tickets and of a conversation are whole documents with everything escaped")
    func others() {
        let tickets = maker.ticketsReport(SampleDesk.figures.waiting, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        #expect(tickets.contains("4 tickets wait for a person, 2 of them high or urgent; the oldest for 1 d 3 h."))
        var message = Sample.message
        message.newText = SampleDesk.hostile
        let report = maker.conversationReport(
            Sample.conversation, [message], ticket: Sample.folder, desk: SampleDesk.desk, madeAt: SampleDesk.now)
        #expect(!report.contains("<script") && !report.contains("<iframe"))
        #expect(report.contains("&lt;script&gt;"))
    }

    @Test("admin pages render with links and their CSRF token, and the mail frame keeps safe HTML as it is")
    func pages() {
        let frame = PageFrame(desk: SampleDesk.desk, csrf: "tok-en", flash: nil, now: SampleDesk.now)
        let ticket = maker.pages.ticket(Sample.folder, frame: frame)
        #expect(ticket.contains("name=\"csrf\" value=\"tok-en\""))
        #expect(!ticket.contains("style=") && !ticket.contains("onclick"))
        let page = maker.pages.dashboard(SampleDesk.figures, since: "7d", frame: frame)
        #expect(page.contains("href=\"/admin/tickets/1229\""))
        #expect(maker.pages.mail(safeHTML: "<p>a</p>").contains("<body><p>a</p></body>"))
    }
}
