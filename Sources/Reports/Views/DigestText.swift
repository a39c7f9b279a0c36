// The digest for terminals and plain mail: lines of at most 78 columns (RFC 5322 section 2.1.1).

import Correspondence

/// Widths count characters; those of East Asian scripts count twice, as terminals show them.
struct DigestText {
    static let columns = 78
    static let rowLimit = 20

    let digest: DigestView

    /// `base` is the folder of the pages; nil where the desk has no web address.
    func view(desk: DeskProfile, base: String? = nil) -> [String: Any] {
        let figures = digest.figures
        let derived = digest.derived
        let clock = digest.clock
        let people = derived.fromPeople
        func pair(_ label: String, _ value: String) -> [String: Any] { ["line": Self.pair(label, value)] }
        let tiles = [
            pair("Received", Numbers.count(figures.received)),
            pair("From people", Numbers.count(people)),
            pair(
                "Answered automatically",
                "\(Numbers.count(derived.count(.answered))) (\(Numbers.share(derived.count(.answered), of: people)))"),
            pair("Tickets waiting for a person", Numbers.count(figures.waitingCount)),
            pair("Tickets waiting for the customer", Numbers.count(figures.withCustomerCount)),
            pair("Automatic answer, median", DigestView.time(derived.automaticMedian)),
            pair("Automatic answer, 95% within", DigestView.time(derived.automatic95)),
            pair("First human reply, median", DigestView.time(derived.humanMedian)),
            pair("First human reply, 95% within", DigestView.time(derived.human95)),
            pair("Withdrawn / in doubt / failed", "\(figures.withdrawn) / \(figures.inDoubt) / \(figures.failed)"),
            pair("Cost of drafts", digest.cost),
        ]
        return [
            "deskName": desk.name, "period": digest.period, "madeAt": clock.moment(digest.now), "zone": clock.zoneName,
            "version": DeskbridgeVersion.text, "base": Absent.or(base),
            "summary": Self.wrapped(digest.summary + (digest.working.isEmpty ? "" : " \(digest.working)")).map {
                ["line": $0]
            },
            "tiles": tiles, "waitingTotal": Numbers.count(figures.waitingCount),
            "waiting": rows(figures.waiting.prefix(Self.rowLimit).flatMap(waiting), of: figures.waitingCount),
            "answeredTotal": Numbers.count(derived.count(.answered)),
            "answered": rows(figures.answered.prefix(Self.rowLimit).flatMap(answered), of: digest.answeredCount),
            "days": days.map { ["line": $0] }, "lists": lists,
        ]
    }

    /// With the number of those that are not listed.
    private func rows(_ lines: [String], of total: Int) -> [[String: Any]] {
        let more = total - Self.rowLimit
        return (lines + (more > 0 ? ["  and \(Numbers.count(more)) more"] : [])).map { ["line": $0] }
    }

    private func waiting(_ item: WaitingTicket) -> [String] {
        let ticket = item.ticket
        let age = DeskClock.age(of: ticket.openedAt, at: digest.now)
        let head = Self.cut("  #\(ticket.number) \(TicketView.subject(item.subject))", Self.columns - 12)
        return [
            Self.pad(head, Self.columns - Self.width(age)) + age,
            Self.cut(
                "     \(ticket.priority.rawValue) · \(TicketView.shortName(item.customer)) · \(Wordings.language(item.language)) · \(ticket.reason)",
                Self.columns),
        ]
    }

    private func answered(_ item: AnsweredItem) -> [String] {
        let sure = item.confidence.map { "\(Numbers.percent($0)) sure" } ?? ""
        let head = Self.cut("  #\(item.number) \(TicketView.subject(item.subject))", Self.columns - 12)
        var articles: [String] = []
        for source in item.sources where !articles.contains(source.article) { articles.append(source.article) }
        let sources = articles.joined(separator: ", ")
        return [
            Self.pad(head, Self.columns - Self.width(sure)) + sure,
            Self.cut(
                "     \(Wordings.language(item.language)) · \(Wordings.delivery(item.delivery))\(sources.isEmpty ? "" : " · from \(sources)")",
                Self.columns),
        ]
    }

    private var days: [String] {
        let chart = DayChart(digest.figures)
        let most = max(1, chart.bars.map(\.total).max() ?? 1)
        return chart.bars.map { bar in
            let length = bar.total == 0 ? 0 : max(1, bar.total * 42 / most)
            let mark = String(repeating: "█", count: length)
            return Self.pad("  \(bar.label)", 24) + Self.pad(mark, 44) + Self.left(Numbers.count(bar.total), 10)
        }
    }

    private var lists: [[String: Any]] {
        let figures = digest.figures
        let lists: [(String, [(String, Int)])] = [
            ("Languages", figures.languages.map { (Wordings.language($0.language), $0.count) }),
            ("What customers write about", figures.topics.map { ($0.topic, $0.count) }),
            ("Articles that answers rested on", figures.articles.map { ($0.path, $0.count) }),
            ("Why a person was asked", figures.ticketRules.map { (Wordings.rule($0.rule), $0.count) }),
            ("Not answered on purpose", figures.suppressedKinds.map { (Wordings.kind($0.kind), $0.count) }),
            ("Could not be read", figures.quarantined.isEmpty ? [] : [("Mails", figures.quarantined.count)]),
        ]
        return lists.filter { !$0.1.isEmpty }.map { title, rows in
            [
                "title": title,
                "rows": rows.prefix(DigestView.barLimit).map { ["line": Self.pair($0.0, Numbers.count($0.1))] },
            ]
        }
    }

    // MARK: Columns

    static func pair(_ label: String, _ value: String) -> String {
        let label = cut("  \(label) ", columns - width(value) - 2)
        let gap = max(1, 60 - width(label) - width(value))
        return label + String(repeating: ".", count: gap) + " " + value
    }

    static func width(_ text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

    static func width(of character: Character) -> Int {
        guard let value = character.unicodeScalars.first?.value else { return 0 }
        let isWide =
            (0x1100...0x115F).contains(value) || (0x2E80...0xA4CF).contains(value) || (0xAC00...0xD7A3).contains(value)
            || (0xF900...0xFAFF).contains(value) || (0xFE30...0xFE6F).contains(value)
            || (0xFF00...0xFF60).contains(value) || (0x1F300...0x1FAFF).contains(value)
            || (0x20000...0x3FFFD).contains(value)
        return isWide ? 2 : 1
    }

    static func pad(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    static func left(_ text: String, _ columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - width(text))) + text
    }

    static func cut(_ text: String, _ columns: Int) -> String {
        let text = String(text.map { $0.isNewline ? " " : $0 })
        guard width(text) > columns else { return text }
        var kept = ""
        var used = 1
        for character in text {
            used += width(of: character)
            if used > columns { break }
            kept.append(character)
        }
        return kept + "…"
    }

    static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, width(line) + 1 + width(String(word)) > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
