// Counting for reports, question by question.

import Correspondence

struct FigureCounting {
    private let desk: DeskTransaction
    private let period: ReportPeriod
    private(set) var figures: Figures
    private static let day: Int64 = 86_400_000_000

    init(desk: DeskTransaction, period: ReportPeriod) {
        self.desk = desk
        self.period = period
        figures = Figures(period: period)
    }

    private var offset: Int64 { Int64(period.offsetMinutes) * 60_000_000 }

    // MARK: Arrivals

    /// One pass over the period's arrivals, grouped by everything that is counted.
    mutating func countArrivals() throws(StoreError) {
        var days: [Int64: [Outcome: Int]] = [:]
        var languages: [String: (count: Int, answered: Int)] = [:]
        var channels: [Channel: Int] = [:]
        var rules: [String: Int] = [:]
        var kinds: [MessageKind: Int] = [:]
        let rows = try desk.sql.query(
            """
            SELECT (received_at + CAST(? AS BIGINT)) / 86400000000, outcome, kind, language, channel_kind,
                channel_name, rule, COUNT(*)
            FROM arrivals WHERE desk = ? AND received_at >= ? AND received_at < ? GROUP BY 1, 2, 3, 4, 5, 6, 7
            """, [offset, desk.desk, period.from, period.to])
        for var row in rows {
            let day = try row.integer()
            let outcome: Outcome? = try row.optionalWord()
            let kind: MessageKind? = try row.optionalWord()
            let language = try row.optionalText() ?? "und"
            let channel = Channel(try row.word(), try row.text())
            let rule = try row.optionalText()
            let count = try row.int()
            figures.received += count
            channels[channel, default: 0] += count
            if let outcome {
                figures.outcomes[outcome, default: 0] += count
                days[day, default: [:]][outcome, default: 0] += count
            } else {
                figures.withoutOutcome += count
            }
            if kind == .human {
                languages[language, default: (0, 0)].count += count
                if outcome == .answered { languages[language, default: (0, 0)].answered += count }
            }
            if outcome == .ticket || outcome == .review, let rule { rules[rule, default: 0] += count }
            if outcome == .suppressed, let kind { kinds[kind, default: 0] += count }
        }
        figures.days = allDays().map { number in
            (Instant(microseconds: number * Self.day - offset), days[number] ?? [:])
        }
        figures.languages = Self.ranked(languages.mapValues(\.count)).map {
            ($0.key, $0.count, languages[$0.key]?.answered ?? 0)
        }
        figures.channels = channels.sorted { ($1.value, $0.key.name) < ($0.value, $1.key.name) }.map {
            ($0.key, $0.value)
        }
        figures.ticketRules = Self.ranked(rules).map { ($0.key, $0.count) }
        figures.suppressedKinds = kinds.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.map {
            ($0.key, $0.value)
        }
    }

    /// Days that the period touches, empty ones too.
    private func allDays() -> [Int64] {
        guard period.from < period.to else { return [] }
        let first = (period.from.microseconds + offset) / Self.day
        let last = (period.to.microseconds - 1 + offset) / Self.day
        return first <= last ? Array(first...last) : []
    }

    private static func ranked(_ counts: [String: Int]) -> [(key: String, count: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    // MARK: Replies

    mutating func countReplies() throws(StoreError) {
        let automatic = "o.desk = ? AND o.purpose = 'automaticReply' AND o.created_at >= ? AND o.created_at < ?"
        let span: [any SQLBindable] = [desk.desk, period.from, period.to]
        let states = try desk.sql.query(
            "SELECT o.state, o.was_in_doubt, COUNT(*) FROM outbox o WHERE \(automatic) GROUP BY 1, 2", span)
        for var row in states {
            let state: OutboxState = try row.word()
            let wasInDoubt = try row.bool()
            let count = try row.int()
            if state == .withdrawn { figures.withdrawn += count }
            if state == .failed { figures.failed += count }
            if wasInDoubt { figures.inDoubt += count }
        }
        try countHumanReplies()
        let waits = try desk.sql.query(
            """
            SELECT o.settled_at - o.asked_at FROM outbox o
            WHERE \(automatic) AND o.state = 'sent' AND o.asked_at IS NOT NULL AND o.settled_at IS NOT NULL
            """, span)
        for var row in waits { figures.automaticSeconds.append(Double(try row.integer()) / 1_000_000) }
        figures.automaticSeconds.sort()
        let answered = try desk.sql.query(
            """
            SELECT c.id, c.number, c.subject, c.language, o.created_at, o.confidence, o.state, o.id
            FROM outbox o JOIN conversations c ON c.id = o.conversation
            WHERE \(automatic) ORDER BY o.created_at DESC, o.id DESC LIMIT ?
            """, span + [Figures.listLimit])
        for var row in answered {
            var item = AnsweredItem(
                conversation: try row.id(), number: try row.int(), subject: try row.text(),
                language: try row.text(), at: try row.instant(), sources: [], confidence: try row.optionalDouble(),
                delivery: try row.word())
            item.sources = try sources(of: try row.id())
            item.question = try question(of: item.conversation, before: item.at)
            figures.answered.append(item)
        }
        try countSources()
    }

    /// What agents wrote and a server refused, or took perhaps, is lost to the customer like any other reply.
    private mutating func countHumanReplies() throws(StoreError) {
        let rows = try desk.sql.query(
            """
            SELECT o.state, o.was_in_doubt, COUNT(*) FROM outbox o
            WHERE o.desk = ? AND o.purpose = 'humanReply' AND o.created_at >= ? AND o.created_at < ? GROUP BY 1, 2
            """, [desk.desk, period.from, period.to])
        for var row in rows {
            let state: OutboxState = try row.word()
            let wasInDoubt = try row.bool()
            let count = try row.int()
            if state == .failed { figures.failed += count }
            if wasInDoubt { figures.inDoubt += count }
        }
    }

    /// The beginning of what a person wrote there last.
    private func question(of conversation: ConversationID, before moment: Instant) throws(StoreError) -> String {
        let row = try desk.sql.first(
            """
            SELECT substr(new_text, 1, 200) FROM messages
            WHERE conversation = ? AND desk = ? AND at <= ? AND direction = 'in' AND kind = 'human'
            ORDER BY at DESC, position DESC LIMIT 1
            """, [conversation, desk.desk, moment])
        guard var row else { return "" }
        return try row.text()
    }

    private func sources(of outbox: OutboxID) throws(StoreError) -> [Source] {
        let rows = try desk.sql.query(
            "SELECT article, title, quote FROM reply_sources WHERE outbox = ? ORDER BY position", [outbox])
        var sources: [Source] = []
        for var row in rows {
            sources.append(Source(article: try row.text(), title: try row.text(), quote: try row.text()))
        }
        return sources
    }

    /// Articles that automatic answers rested on, and what their tags and the topics for humans say of the matters.
    private mutating func countSources() throws(StoreError) {
        let rows = try desk.sql.query(
            """
            SELECT s.article, MAX(s.title), COUNT(DISTINCT s.outbox)
            FROM reply_sources s WHERE s.desk = ? AND s.at >= ? AND s.at < ? GROUP BY s.article
            """, [desk.desk, period.from, period.to])
        var topics: [String: Int] = [:]
        for var row in rows {
            let path = try row.text()
            let title = try row.text()
            let count = try row.int()
            figures.articles.append((path, title, count))
            for tag in try tags(of: path) { topics[tag, default: 0] += count }
        }
        figures.articles.sort { ($1.count, $0.path) < ($0.count, $1.path) }
        for (rule, count) in figures.ticketRules where rule.hasPrefix("topic:") {
            topics[String(rule.dropFirst("topic:".count)), default: 0] += count
        }
        figures.topics = Self.ranked(topics).map { ($0.key, $0.count) }
    }

    private func tags(of path: String) throws(StoreError) -> [String] {
        let row = try desk.sql.first(
            "SELECT article FROM articles WHERE desk = ? AND path = ?", [desk.desk, path])
        guard var row else { return [] }
        return try row.json(Article.self).tags
    }

    mutating func countDrafts() throws(StoreError) {
        let row = try desk.sql.first(
            """
            SELECT SUM(cost), SUM(CASE WHEN cost IS NULL THEN 1 ELSE 0 END) FROM drafts
            WHERE desk = ? AND made_at >= ? AND made_at < ?
            """, [desk.desk, period.from, period.to])
        guard var row else { return }
        figures.cost = try row.optionalDouble() ?? 0
        figures.unknownCost = Int(try row.optionalInteger() ?? 0)
    }

    // MARK: Tickets

    mutating func listTickets() throws(StoreError) {
        let live = "k.desk = ? AND k.rank < \(TicketRow.firstRestingRank)"
        let ours = "\(live) AND k.status <> 'waiting'"
        let theirs = "\(live) AND k.status = 'waiting'"
        figures.waitingCount = try desk.sql.count("SELECT COUNT(*) FROM tickets k WHERE \(ours)", [desk.desk])
        figures.withCustomerCount = try desk.sql.count("SELECT COUNT(*) FROM tickets k WHERE \(theirs)", [desk.desk])
        let rows = try desk.sql.query(
            """
            SELECT \(TicketRow.columns), c.subject, c.language, c.customer_name, c.customer_address
            FROM tickets k JOIN conversations c ON c.id = k.conversation
            WHERE \(ours) ORDER BY k.rank, k.opened_at, k.id LIMIT ?
            """, [desk.desk, Figures.listLimit])
        for var row in rows {
            figures.waiting.append(
                WaitingTicket(
                    ticket: try TicketRow.read(&row), subject: try row.text(), language: try row.text(),
                    customer: Party(
                        name: try row.optionalText(), address: try row.optionalText().flatMap { EmailAddress($0) })))
        }
        let waits = try desk.sql.query(
            """
            SELECT first_response_at - opened_at FROM tickets
            WHERE desk = ? AND first_response_at >= ? AND first_response_at < ?
            """, [desk.desk, period.from, period.to])
        for var row in waits { figures.humanSeconds.append(Double(try row.integer()) / 1_000_000) }
        figures.humanSeconds.sort()
    }

    mutating func listQuarantined() throws(StoreError) {
        let rows = try desk.sql.query(
            """
            SELECT \(LedgerRow.columns) FROM arrivals a
            WHERE a.desk = ? AND a.outcome = 'quarantined' AND a.received_at >= ? AND a.received_at < ?
            ORDER BY a.id DESC LIMIT ?
            """, [desk.desk, period.from, period.to, Figures.listLimit])
        for var row in rows { figures.quarantined.append(try LedgerRow.read(&row)) }
    }
}
