// The digest as templates see it: tiles, chart, lists and bars, every number already in words.

import Correspondence

struct DigestView {
    /// Rows of a list that a digest shows; the rest is counted.
    static let rowLimit = 50
    /// Rows of the small lists with bars.
    static let barLimit = 10
    /// Rows that every list shows at once; the others are folded behind them.
    static let openRows = 5

    let figures: Figures
    let derived: ReportFigures
    let clock: DeskClock
    let now: Instant

    init(_ figures: Figures, clock: DeskClock, now: Instant) {
        self.figures = figures
        derived = ReportFigures(figures)
        self.clock = clock
        self.now = now
    }

    /// `base` is the folder that links start with; nil for a file that stands alone.
    func view(desk: DeskProfile, base: String? = nil) -> [String: Any] {
        let waiting = figures.waiting.prefix(Self.rowLimit).map { TicketView.row($0, clock: clock, now: now) }
        let answers = figures.answered.prefix(Self.rowLimit).map(answered)
        let unread = LedgerView.rows(Array(figures.quarantined.prefix(Self.rowLimit)), clock: clock)
        return [
            "deskName": desk.name, "period": period, "madeAt": clock.moment(now), "zone": clock.zoneName,
            "version": DeskbridgeVersion.text, "base": Absent.or(base), "summary": summary,
            "working": Absent.orText(working), "tiles": tiles, "chart": chart, "legend": legend,
            "waiting": waiting.prefix(Self.openRows).map { $0 }, "waitingRest": Self.rest(of: waiting, "waiting"),
            "hasWaiting": !figures.waiting.isEmpty, "waitingTotal": Numbers.count(figures.waitingCount),
            "waitingMore": more(figures.waiting.count, figures.waitingCount),
            "withCustomer": Absent.orText(withCustomer),
            "answered": answers.prefix(Self.openRows).map { $0 }, "answeredRest": Self.rest(of: answers, "answered"),
            "answeredTotal": Numbers.count(derived.count(.answered)),
            "answeredMore": more(figures.answered.count, answeredCount),
            "quarantined": unread.prefix(Self.openRows).map { $0 },
            "quarantinedRest": Self.rest(of: unread, "quarantined"),
            "languages": bars(
                figures.languages.map {
                    (Wordings.language($0.language), $0.count, "\(Numbers.share($0.answered, of: $0.count)) answered")
                }),
            "channels": bars(figures.channels.map { (Wordings.channel($0.channel), $0.count, nil) }),
            "topics": bars(figures.topics.map { ($0.topic, $0.count, nil) }),
            "articles": bars(figures.articles.map { ($0.title.isEmpty ? $0.path : $0.title, $0.count, $0.path) }),
            "rules": bars(figures.ticketRules.map { (Wordings.rule($0.rule), $0.count, nil) }),
            "suppressed": bars(figures.suppressedKinds.map { (Wordings.kind($0.kind), $0.count, nil) }),
            "times": times, "delivery": delivery, "cost": cost, "costNote": costNote,
        ]
    }

    var period: String { "\(clock.moment(figures.period.from)) to \(clock.moment(figures.period.to))" }

    var summary: String {
        if figures.received == 0 { return "Nothing came in." }
        let people = derived.fromPeople
        let came = "\(Numbers.count(figures.received, "message")) came in"
        guard people > 0 else { return "\(came), none of them from a person who waits for an answer." }
        let human = derived.count(.ticket) + derived.count(.review)
        return
            "\(came), \(people == figures.received ? "all" : Numbers.count(people)) from people: \(Numbers.count(derived.count(.answered))) answered automatically, \(Numbers.count(human)) handed to a person."
    }

    var working: String {
        figures.withoutOutcome == 0
            ? ""
            : "\(Numbers.count(figures.withoutOutcome, "message is", "messages are")) still being worked on."
    }

    private var tiles: [[String: Any]] {
        func tile(_ label: String, _ value: String, _ note: String) -> [String: Any] {
            ["label": label, "value": value, "note": note]
        }
        let answeredShare = Numbers.share(derived.count(.answered), of: derived.fromPeople)
        let urgent = figures.waiting.count { $0.ticket.priority == .urgent || $0.ticket.priority == .high }
        return [
            tile("Received", Numbers.count(figures.received), "\(Numbers.count(derived.fromPeople)) from people"),
            tile(
                "Answered automatically", answeredShare,
                "\(Numbers.count(derived.count(.answered))) of \(Numbers.count(derived.fromPeople))"),
            tile(
                "Tickets waiting", Numbers.count(figures.waitingCount),
                [
                    urgent == 0 ? "none urgent" : "\(Numbers.count(urgent)) high or urgent",
                    figures.withCustomerCount == 0
                        ? "" : "\(Numbers.count(figures.withCustomerCount)) with the customer",
                ].filter { !$0.isEmpty }.joined(separator: ", ")),
            tile("Automatic answer", Self.time(derived.automaticMedian), "median, from receipt to delivery"),
            tile("First human reply", Self.time(derived.humanMedian), "median, from ticket to reply"),
        ]
    }

    static func time(_ seconds: Double?) -> String { seconds.map(Numbers.duration) ?? "–" }

    private var chart: [String: Any] {
        let chart = DayChart(figures)
        let blank = max(0, chart.slots - chart.bars.count)
        return [
            "width": "\(chart.width)", "top": Numbers.count(chart.top), "half": Numbers.count(chart.top / 2),
            "unit": chart.byWeek ? "week" : "day", "hasBars": figures.received > 0,
            "pieces": chart.bars.flatMap { bar in
                bar.pieces.map { piece -> [String: Any] in
                    [
                        "x": Numbers.decimal(piece.x, 0), "y": Numbers.decimal(piece.y, 2),
                        "height": Numbers.decimal(piece.height, 2), "outcome": piece.outcome.rawValue,
                        "title":
                            "\(bar.label): \(Numbers.count(piece.count)) \(Wordings.outcome(piece.outcome).lowercased())",
                    ]
                }
            },
            "labels": (chart.bars.map(\.shownLabel) + Array(repeating: "", count: blank)).map { ["text": $0] },
        ]
    }

    private var legend: [[String: Any]] {
        let total = figures.outcomes.values.reduce(0, +)
        return DayChart.order.filter { derived.count($0) > 0 }.map { outcome in
            [
                "outcome": outcome.rawValue, "label": Wordings.outcome(outcome),
                "count": Numbers.count(derived.count(outcome)),
                "share": Numbers.share(derived.count(outcome), of: total),
            ]
        }
    }

    var withCustomer: String {
        figures.withCustomerCount == 0
            ? ""
            : "\(Numbers.count(figures.withCustomerCount, "more was answered and waits", "more were answered and wait")) for the customer."
    }

    /// What is folded behind the first rows, under the name its rows have in the list; nothing where there is no more.
    static func rest(of rows: [[String: Any]], _ name: String) -> Any {
        let left = rows.count - openRows
        guard left > 0 else { return Absent() }
        return [name: Array(rows.dropFirst(openRows)), "label": "Show \(Numbers.count(left)) more"] as [String: Any]
    }

    /// In one line, as many characters as two lines of a page hold.
    private static let questionLength = 140

    /// What was asked, where the subject does not say it already: a conversation goes on under its first subject.
    static func question(of item: AnsweredItem) -> String {
        let words = item.question.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let shown = String(words.prefix(questionLength))
        let subject = item.subject.trimmed
        guard !shown.isEmpty, subject.isEmpty || !words.hasPrefix(subject) && !subject.hasPrefix(words) else {
            return ""
        }
        return words.count > questionLength ? shown + "…" : shown
    }

    private func answered(_ item: AnsweredItem) -> [String: Any] {
        [
            "number": "\(item.number)", "conversation": item.conversation.text,
            "subject": TicketView.subject(item.subject), "question": Absent.orText(Self.question(of: item)),
            "languageName": Wordings.language(item.language),
            "language": item.language, "at": clock.short(item.at),
            "confidence": Absent.or(item.confidence.map(Numbers.percent)),
            "confidenceWidth": item.confidence.map { Numbers.width(Int($0 * 100), of: 100) } ?? "0",
            "sources": TicketView.sources(item.sources), "hasSources": !item.sources.isEmpty,
            "articles": TicketView.articles(item.sources),
            "delivery": item.delivery.rawValue, "deliveryLabel": Wordings.delivery(item.delivery),
            "isSent": item.delivery == .sent,
        ]
    }

    /// One reply may answer several messages: while the list is whole, it is its rows that are counted.
    var answeredCount: Int {
        figures.answered.count < Figures.listLimit ? figures.answered.count : derived.count(.answered)
    }

    private func more(_ listed: Int, _ total: Int) -> Any {
        let left = max(0, total - min(listed, Self.rowLimit))
        return left == 0 ? Absent() : Numbers.count(left)
    }

    private func bars(_ rows: [(label: String, count: Int, note: String?)]) -> [String: Any] {
        let most = rows.map(\.count).max() ?? 0
        let left = rows.dropFirst(Self.barLimit)
        let shown = rows.prefix(Self.barLimit).map { row -> [String: Any] in
            [
                "label": row.label, "count": Numbers.count(row.count), "width": Numbers.width(row.count, of: most),
                "note": Absent.orText(row.note),
            ]
        }
        return [
            "hasRows": !rows.isEmpty, "rows": shown.prefix(Self.openRows).map { $0 },
            "rest": Self.rest(of: shown, "rows"),
            "more": left.isEmpty
                ? Absent()
                : "and \(Numbers.count(left.count, "other", "others")), \(Numbers.count(left.reduce(0) { $0 + $1.count })) in all"
                ,
        ]
    }

    private var times: [[String: Any]] {
        func row(_ label: String, _ median: Double?, _ high: Double?, _ count: Int) -> [String: Any] {
            ["label": label, "median": Self.time(median), "high": Self.time(high), "count": Numbers.count(count)]
        }
        return [
            row("Automatic answer", derived.automaticMedian, derived.automatic95, figures.automaticSeconds.count),
            row("First human reply", derived.humanMedian, derived.human95, figures.humanSeconds.count),
        ]
    }

    private var delivery: [[String: Any]] {
        [
            [
                "label": "Withdrawn before they went out", "count": Numbers.count(figures.withdrawn), "isBad": false,
                "note": "a newer message or a person took over",
            ],
            [
                "label": "In doubt", "count": Numbers.count(figures.inDoubt), "isBad": figures.inDoubt > 0,
                "note": "sent, perhaps: the server's answer was lost",
            ],
            [
                "label": "Failed", "count": Numbers.count(figures.failed), "isBad": figures.failed > 0,
                "note": "refused for good; each has a ticket",
            ],
        ]
    }

    var cost: String {
        if figures.unknownCost > 0, figures.cost == 0 { return "unknown" }
        return figures.unknownCost > 0 ? "at least \(Numbers.dollars(figures.cost))" : Numbers.dollars(figures.cost)
    }

    var costNote: String {
        if figures.unknownCost > 0 { return "The price of \(Numbers.count(figures.unknownCost, "draft")) is unknown." }
        return derived.costPerAnswer.map { "\(Numbers.dollars($0)) an automatic answer." }
            ?? "No automatic answer in this time."
    }
}
