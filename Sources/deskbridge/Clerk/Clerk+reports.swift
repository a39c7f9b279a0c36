// The clerk's reports: rendered by Reports for people, as figures for programs.

import Correspondence
import Foundation

extension Clerk {
    func report(_ report: DeskReport) async throws -> DeskAnswer {
        let now = surroundings.now()
        switch report.kind {
        case .digest:
            let zone = TimeZone(identifier: desk.timezone) ?? .gmt
            let period = ReportPeriod(
                from: now - .seconds(report.since), to: now, offsetMinutes: zone.secondsFromGMT(for: now.date) / 60)
            let figures = try await store.figures(period)
            switch report.form {
            case .html: return DeskAnswer(lines: [reports.digest(figures, desk: desk, madeAt: now)])
            case .text: return DeskAnswer(lines: [reports.digestText(figures, desk: desk, madeAt: now)])
            case .json: return DeskAnswer(lines: [FigureLines.object(figures).line])
            }
        case .tickets:
            let figures = try await store.figures(ReportPeriod(from: now - .seconds(report.since), to: now))
            switch report.form {
            case .html: return DeskAnswer(lines: [reports.ticketsReport(figures.waiting, desk: desk, madeAt: now)])
            case .text:
                let rows = figures.waiting.map {
                    TicketLines.row($0.ticket, about: $0.subject)
                }
                let others =
                    figures.withCustomerCount == 0 ? "" : ", \(figures.withCustomerCount) more for the customer"
                return DeskAnswer(lines: ["\(figures.waitingCount) tickets wait for a person\(others)"] + rows)
            case .json: return DeskAnswer(lines: figures.waiting.map { TicketLines.object($0.ticket).line })
            }
        case .conversation:
            guard let id = report.conversation else {
                throw Complaint(.usage, "report conversation needs an id: deskbridge report conversation ID")
            }
            let conversation = try await store.conversation(id)
            let messages = try await store.messages(of: id)
            switch report.form {
            case .html:
                var folder: TicketFolder?
                if let ticket = conversation.ticket { folder = try await store.ticket(ticket) }
                return DeskAnswer(lines: [
                    reports.conversationReport(conversation, messages, ticket: folder, desk: desk, madeAt: now)
                ])
            case .text: return DeskAnswer(lines: ConversationLines.text(conversation, messages))
            case .json: return DeskAnswer(lines: [ConversationLines.object(conversation, messages).line])
            }
        }
    }
}

/// The figures of a digest as JSON.
enum FigureLines {
    static func object(_ figures: Figures) -> JSON {
        func counts(_ outcomes: [Outcome: Int]) -> JSON {
            .object(Outcome.allCases.map { ($0.rawValue, .int(outcomes[$0] ?? 0)) })
        }
        let days = figures.days.map {
            JSON.object([("day", .string($0.day.rfc3339)), ("outcomes", counts($0.outcomes))])
        }
        let languages = figures.languages.map {
            JSON.object([
                ("language", .string($0.language)), ("count", .int($0.count)), ("answered", .int($0.answered)),
            ])
        }
        let channels = figures.channels.map {
            JSON.object([
                ("kind", .string($0.channel.kind.rawValue)), ("name", .string($0.channel.name)),
                ("count", .int($0.count)),
            ])
        }
        let articles = figures.articles.map {
            JSON.object([("article", .string($0.path)), ("title", .string($0.title)), ("count", .int($0.count))])
        }
        func pairs(_ name: String, _ list: [(String, Int)]) -> JSON {
            .array(list.map { JSON.object([(name, .string($0.0)), ("count", .int($0.1))]) })
        }
        return .object([
            ("from", .string(figures.period.from.rfc3339)), ("to", .string(figures.period.to.rfc3339)),
            ("received", .int(figures.received)), ("outcomes", counts(figures.outcomes)),
            ("withoutOutcome", .int(figures.withoutOutcome)), ("days", .array(days)), ("languages", .array(languages)),
            ("channels", .array(channels)),
            ("ticketRules", pairs("rule", figures.ticketRules.map { ($0.rule, $0.count) })),
            ("suppressedKinds", pairs("kind", figures.suppressedKinds.map { ($0.kind.rawValue, $0.count) })),
            ("articles", .array(articles)), ("topics", pairs("topic", figures.topics.map { ($0.topic, $0.count) })),
            ("automaticSeconds", spread(figures.automaticSeconds)), ("humanSeconds", spread(figures.humanSeconds)),
            ("withdrawn", .int(figures.withdrawn)), ("inDoubt", .int(figures.inDoubt)),
            ("failed", .int(figures.failed)),
            ("cost", figures.unknownCost > 0 && figures.cost == 0 ? .null : .double(figures.cost)),
            ("unknownCost", .int(figures.unknownCost)), ("waiting", .int(figures.waitingCount)),
            ("withCustomer", .int(figures.withCustomerCount)),
        ])
    }

    private static func spread(_ sorted: [Double]) -> JSON {
        func at(_ share: Double) -> JSON {
            sorted.isEmpty ? .null : .double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
        }
        return .object([("count", .int(sorted.count)), ("median", at(0.5)), ("p90", at(0.9))])
    }
}
