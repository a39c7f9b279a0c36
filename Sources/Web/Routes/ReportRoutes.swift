// Figures, generated reports, the ledger, health, metrics and the description of the API.

import Correspondence
import Foundation
import HTTPTypes
import Hummingbird
import Reports

struct ReportRoutes: Sendable {
    let seams: WebSeams
    private let metricsText: MetricsText
    static let longest = 366
    static let ledgerLimit = 200

    init(seams: WebSeams) {
        self.seams = seams
        metricsText = MetricsText(seams: seams)
    }

    func add(to router: NotedRouter) {
        let group = router.group("api/support")
        group.get("analytics", use: analytics)
        group.get("ledger", use: ledger)
        group.get("reports/digest", use: digest)
        group.get("reports/tickets", use: tickets)
        router.get("api/openapi.json") { _, _ in
            Response.text(seams.pages.asset("web/openapi.json") ?? "{}", type: "application/json")
        }
        router.get("healthz") { _, _ in Response.text("ok\n", type: "text/plain") }
        router.get("readyz", use: ready)
        router.get("metrics", use: metrics)
    }

    /// `since` is `12h`, `7d` or an RFC 3339 instant's beginning: the last so long, up to now.
    static func period(_ since: String?, desk: DeskProfile, now: Instant) throws(Problem) -> ReportPeriod {
        let text = since ?? "7d"
        guard let unit = text.last, let count = Int(text.dropLast()), count > 0, unit == "h" || unit == "d" else {
            throw .invalid("\"since\" is a time like 12h or 7d")
        }
        guard count <= (unit == "h" ? longest * 24 : longest) else {
            throw .invalid("\"since\" is at most \(longest)d")
        }
        let offset = DeskClock(timezone: desk.timezone).timestamp(now).offsetMinutes
        return ReportPeriod(from: now - (unit == "h" ? .hours(count) : .days(count)), to: now, offsetMinutes: offset)
    }

    private func figures(_ request: Request) async throws -> Figures {
        try await seams.store.figures(
            try Self.period(request.query("since"), desk: seams.desk, now: seams.surroundings.now()))
    }

    @Sendable private func analytics(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        return .json(FiguresJSON(try await figures(request)))
    }

    @Sendable private func ledger(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        let limit = try request.limit(50, most: Self.ledgerLimit)
        let outcome: Outcome??
        switch request.query("outcome") {
        case nil, ""?: outcome = nil
        case "open"?: outcome = .some(nil)
        case let text?: outcome = try Request.choice("outcome", text, Outcome.self)
        }
        let before = request.query("cursor").map { ArrivalID($0) }
        let entries = try await seams.store.ledger(outcome: outcome, limit: limit, before: before)
        let next = entries.count == limit ? entries.last?.arrival.text : nil
        return .json(PageJSON(items: entries.map(LedgerJSON.init), next: next))
    }

    @Sendable private func digest(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        return Self.file(
            seams.reports.digest(try await figures(request), desk: seams.desk, madeAt: seams.surroundings.now()))
    }

    @Sendable private func tickets(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        let figures = try await figures(request)
        return Self.file(
            seams.reports.ticketsReport(figures.waiting, desk: seams.desk, madeAt: seams.surroundings.now()))
    }

    /// A report's file has its style within, and nothing else that could act.
    static func file(_ html: String) -> Response {
        var response = Response.html(html)
        response.headers[.contentSecurityPolicy] =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        return response
    }

    // MARK: Operation

    private struct ReadyJSON: Encodable {
        var ready: Bool
        /// nil for those whom mailboxes' names do not concern.
        var parts: [String: String]?
    }

    /// The verdict is for everybody, the parts for this machine's own, reasons for those who may read the desk.
    @Sendable private func ready(_ request: Request, _ context: WebContext) async throws -> Response {
        let readiness = await seams.readiness()
        let mayRead = context.caller.may(.read)
        let parts = readiness.parts.mapValues { part in
            guard mayRead, let reason = part.reason else { return part.state }
            return "\(part.state): \(reason)"
        }
        return .json(
            ReadyJSON(ready: readiness.isReady, parts: mayRead || context.isNear ? parts : nil),
            status: readiness.isReady ? .ok : .serviceUnavailable)
    }

    /// Prometheus' text format.
    @Sendable private func metrics(_ request: Request, _ context: WebContext) async throws -> Response {
        if !context.isNear { try context.require(.read) }
        return .text(try await metricsText.text(), type: "text/plain; version=0.0.4; charset=utf-8")
    }
}
