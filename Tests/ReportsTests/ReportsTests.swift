// Values that the tests of Reports share, some of them hostile.

import Correspondence
import Foundation

@testable import Reports

/// A week of a desk that sells coffee machines.
enum SampleDesk {
    static let now = Instant(microseconds: 1_795_424_400_000_000)
    static let address = EmailAddress("support@acme.example")!
    static let desk = DeskProfile(
        name: "Acme Support", address: address, languages: ["en", "de"], timezone: "Europe/Berlin")
    static let hostile = "<script>alert(1)</script>\" onload='x'"

    static func customer(_ name: String, _ address: String) -> Party {
        Party(name: name, address: EmailAddress(address))
    }

    static func reply(
        _ purpose: OutgoingReply.Purpose = .automaticReply, language: String = "en", name: String? = "Anna Smith",
        body: String = "You can return it within 30 days.\n\nSee https://acme.example/returns.",
        quote: String? = "May I?",
        signer: String? = nil
    ) -> OutgoingReply {
        OutgoingReply(
            purpose: purpose, messageID: MessageID("1@acme.example")!,
            to: NamedAddress(name: name, address: EmailAddress("anna@example.org")!), subject: "AW: Return", number: 12,
            language: language, body: body,
            quote: quote.map { .init(author: "Anna Smith", date: Timestamp(now, offsetMinutes: 60), text: $0) },
            signer: signer)
    }

    static func ticket(
        _ number: Int, _ subject: String, _ customer: Party, _ language: String, _ reason: String,
        _ priority: SupportTicket.Priority, hours: Double, assignee: String? = nil
    ) -> WaitingTicket {
        let opened = now - .seconds(hours * 3600)
        let ticket = SupportTicket(
            id: TicketID("t\(number)"), number: number, conversation: ConversationID("c\(number)"), status: .open,
            priority: priority, assignee: assignee, reason: reason, reasons: [reason, "confidence 0.41 below 0.75"],
            openedAt: opened, updatedAt: opened)
        return WaitingTicket(ticket: ticket, subject: subject, language: language, customer: customer)
    }

    static var figures: Figures {
        var figures = Figures(period: ReportPeriod(from: now - .days(7), to: now, offsetMinutes: 60))
        let days: [[Outcome: Int]] = [
            [.answered: 34, .ticket: 8, .suppressed: 11], [.answered: 41, .ticket: 6, .review: 3, .suppressed: 14],
            [.answered: 38, .ticket: 12, .suppressed: 9, .quarantined: 1],
            [.answered: 52, .ticket: 9, .suppressed: 17],
            [.answered: 29, .ticket: 4, .review: 1, .suppressed: 6], [.answered: 9, .ticket: 1, .suppressed: 4], [:],
        ]
        figures.days = days.enumerated().map { (now - .days(7) + .days($0), $1) }
        figures.outcomes = days.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        figures.withoutOutcome = 2
        figures.received = figures.outcomes.values.reduce(0, +) + 2
        figures.languages = [
            ("en", 120, 104), ("de", 71, 58), ("fr", 24, 19), ("ja", 9, 7), ("ar", 6, 4), ("und", 2, 0),
        ]
        figures.channels = [
            (Channel(.mailbox, "support"), 262), (Channel(.chat, "chat"), 31), (Channel(.webhook, "inbound"), 14),
        ]
        figures.ticketRules = [
            ("confidence", 19), ("topic:refund", 9), ("wantsHuman", 6), ("unverified", 4), ("tooManyReplies", 2),
        ]
        figures.suppressedKinds = [(.bulk, 39), (.autoReply, 14), (.bounce, 7), (.loop, 1)]
        figures.articles = [
            ("en/returns.md", "Returning a machine", 61), ("de/entkalken.md", "Entkalken", 44),
            ("en/delivery.md", "Delivery times", 37), ("ja/delivery.md", "お届けについて", 7), ("ar/returns.md", "الإرجاع", 4),
        ]
        figures.topics = [("delivery", 66), ("returns", 61), ("descaling", 48), ("invoice", 21), ("refund", 9)]
        figures.automaticSeconds = (0..<203).map { 3.1 + Double($0) * 0.23 }
        figures.humanSeconds = [1800, 4200, 5400, 7300, 9100, 16_000, 52_000]
        figures.withdrawn = 3
        figures.inDoubt = 1
        figures.cost = 0.4127
        figures.unknownCost = 2
        let source = Source(
            article: "en/returns.md", title: "Returning a machine",
            quote:
                "You can send a machine back within 30 days of delivery, for any reason, in any condition it arrived in."
        )
        let german = Source(
            article: "de/entkalken.md", title: "Entkalken",
            quote: "Entkalken Sie alle drei Monate, bei hartem Wasser monatlich.")
        let subjects = [
            ("en", "Can I still return my Primo?", [source], 0.93),
            ("de", "Maschine entkalken – wie oft?", [german, source], 0.88),
            ("ja", "配送状況について教えてください", [], 0.81), ("ar", "هل يمكنني إرجاع الماكينة؟", [source], 0.79),
            ("en", hostile, [source], 0.77),
        ]
        figures.answered = subjects.enumerated().map { index, item in
            AnsweredItem(
                conversation: ConversationID("c\(index)"), number: 1240 + index, subject: item.1, language: item.0,
                at: now - .minutes(index * 47 + 12), sources: item.2, confidence: item.3,
                delivery: index == 3 ? .inDoubt : .sent)
        }
        figures.waiting = [
            ticket(
                1229, "Refund for a broken grinder, 249 EUR", customer("Jörg Müller", "joerg@example.de"), "de",
                "topic refund: always a person", .urgent, hours: 27.2, assignee: "Kim"),
            ticket(
                1236, "Je n'ai rien reçu", customer("Élodie Martin", "elodie@example.fr"), "fr",
                "Not sure enough: 0.52 is below 0.75", .high, hours: 6.5),
            ticket(
                1238, "I want to talk to a human being", customer("Sam O’Neill", "sam@example.com"), "en",
                "Asked for a person", .normal, hours: 2.1),
            ticket(1243, hostile, Party(name: hostile, address: nil), "en", hostile, .low, hours: 0.3),
        ]
        figures.waitingCount = 4
        figures.quarantined = [
            LedgerEntry(
                arrival: ArrivalID("a1"), channel: Channel(.mailbox, "support"), key: "1717/402",
                receivedAt: now - .days(4),
                size: 48_211_000, attempts: 3, outcome: .quarantined, outcomeReason: "more than 1,000 parts",
                from: "scanner@example.net", subject: "Scan_0001")
        ]
        return figures
    }
}
