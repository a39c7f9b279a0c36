// What Prometheus reads: work that is due, and the last day's figures, as its text format has them.

import Correspondence
import Reports

/// Making it counts through the store, so it is made once in a while however often it is asked for, and once for all
/// who ask at a time.
actor MetricsText {
    static let age = Duration.seconds(10)

    private let seams: WebSeams
    private var held: (text: String, at: Instant)?
    private var making: Task<String, any Error>?

    init(seams: WebSeams) { self.seams = seams }

    func text() async throws -> String {
        let now = seams.surroundings.now()
        if let held, held.at <= now, now - held.at < Self.age { return held.text }
        if let making { return try await making.value }
        // Whoever asked first may leave; the others wait for the same text.
        let task = Task { [seams] in try await Self.make(seams, now: now) }
        making = task
        defer { making = nil }
        let text = try await task.value
        held = (text, now)
        return text
    }

    private static func make(_ seams: WebSeams, now: Instant) async throws -> String {
        let backlog = try await seams.store.backlog()
        let figures = try await seams.store.figures(ReportPeriod(from: now - .days(1), to: now))
        var lines: [String] = []
        func gauge(_ name: String, _ help: String, _ rows: [(labels: String, value: String)]) {
            lines += ["# HELP deskbridge_\(name) \(help)", "# TYPE deskbridge_\(name) gauge"]
            lines += rows.map { "deskbridge_\(name)\($0.labels) \($0.value)" }
        }
        gauge(
            "work", "Work that is due or being done.",
            WorkKind.allCases.map { ("{kind=\"\($0.rawValue)\"}", "\(backlog[$0, default: 0])") })
        gauge(
            "messages_day", "Messages received within 24 hours, by outcome.",
            Outcome.allCases.map { ("{outcome=\"\($0.rawValue)\"}", "\(figures.outcomes[$0, default: 0])") }
                + [("{outcome=\"none\"}", "\(figures.withoutOutcome)")])
        gauge("tickets_waiting", "Tickets that wait for a person.", [("", "\(figures.waitingCount)")])
        gauge(
            "tickets_with_customer", "Tickets that were answered and wait for the customer.",
            [("", "\(figures.withCustomerCount)")])
        gauge("in_doubt_day", "Replies within 24 hours that were sent, perhaps.", [("", "\(figures.inDoubt)")])
        gauge("failed_day", "Replies within 24 hours that failed for good.", [("", "\(figures.failed)")])
        gauge("draft_cost_dollars_day", "Known cost of drafts within 24 hours.", [("", "\(figures.cost)")])
        let readiness = await seams.readiness()
        gauge("ready", "Whether every mailbox was seen and works.", [("", readiness.isReady ? "1" : "0")])
        return lines.joined(separator: "\n") + "\n"
    }
}
