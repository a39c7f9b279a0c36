// The reports that the settings ask for: when the next is due, and making it.

import Correspondence
import Foundation
import Logging
import ServiceLifecycle

/// When a report is due: a time of day in the desk's zone, daily, on Mondays, or on the first of the month.
struct ReportClock: Sendable {
    var every: Settings.Report.Every
    /// Minutes of the day.
    var at: Int
    var timezone: TimeZone

    /// The first due moment after `instant`. Where the clock jumps over the time of day, the moment after the jump.
    func next(after instant: Instant) -> Instant {
        calendar.nextDate(after: instant.date, matching: components, matchingPolicy: .nextTime)
            .map { Instant($0) } ?? instant + .days(1)
    }

    /// Where the report that is due at `due` begins: one day, week or month before.
    func start(ofPeriodTo due: Instant) -> Instant {
        let unit: Calendar.Component =
            switch every {
            case .day: .day
            case .week: .weekOfYear
            case .month: .month
            }
        return calendar.date(byAdding: unit, value: -1, to: due.date).map { Instant($0) } ?? due - .days(1)
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timezone
        return calendar
    }

    private var components: DateComponents {
        var components = DateComponents(hour: at / 60, minute: at % 60, second: 0)
        switch every {
        case .day: break
        case .week: components.weekday = 2
        case .month: components.day = 1
        }
        return components
    }
}

/// One report of the settings, made over and over. One that falls due while nothing runs is not made up for: the next
/// one and `deskbridge report` have the same figures.
struct ReportSchedule: Service {
    let report: Settings.Report
    let desk: DeskProfile
    let store: any DeskStore
    let reports: any ReportMaker
    let messageID: @Sendable ([UInt8]) -> MessageID?
    let surroundings: Surroundings
    let logger: Logger

    private var clock: ReportClock {
        ReportClock(every: report.every, at: report.at, timezone: TimeZone(identifier: desk.timezone) ?? .gmt)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let due = clock.next(after: surroundings.now())
                // Looked at again now and then, for a machine's clock may be set.
                while surroundings.now() < due {
                    let left = due - surroundings.now()
                    do { try await Task.sleep(for: min(left, .minutes(10))) } catch { return }
                }
                await make(due)
            }
        }
    }

    func make(_ due: Instant) async {
        do {
            let offset = (TimeZone(identifier: desk.timezone) ?? .gmt).secondsFromGMT(for: due.date) / 60
            let figures = try await store.figures(
                ReportPeriod(from: clock.start(ofPeriodTo: due), to: due, offsetMinutes: offset))
            let html: String
            let text: String
            switch report.kind {
            case .tickets:
                html = reports.ticketsReport(figures.waiting, desk: desk, madeAt: due)
                text = "\(figures.waitingCount) tickets wait. The report is in the HTML part of this mail.\n"
            case .digest, .analytics:
                html = reports.digest(figures, desk: desk, madeAt: due)
                text = reports.digestText(figures, desk: desk, madeAt: due)
            }
            let day = Timestamp(due, offsetMinutes: offset).rfc3339.prefix(10)
            if !report.folder.isEmpty { try write(html, name: "\(report.kind.rawValue)-\(day).html") }
            for address in report.to { try await mail(address, html: html, text: text, day: String(day)) }
            logger.info("report made", metadata: ["report": "\(report.kind.rawValue)"])
        } catch {
            logger.error(
                "a report could not be made", metadata: ["report": "\(report.kind.rawValue)", "error": "\(error)"])
        }
    }

    private func write(_ html: String, name: String) throws {
        let file = try OutputFile("\(report.folder)/\(name)")
        try file.write(html)
        try file.finish()
    }

    private func mail(_ address: EmailAddress, html: String, text: String, day: String) async throws {
        guard let id = messageID(surroundings.randomBytes(10)) else { return }
        let reply = OutgoingReply(
            purpose: .report, messageID: id, to: NamedAddress(address: address),
            subject: "\(desk.name): \(report.kind.rawValue) \(day)", language: "en", body: text, html: html)
        try await store.enqueue(NewOutgoing(id: surroundings.makeID(), record: nil, reply: reply))
    }
}
