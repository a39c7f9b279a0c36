// One demo from start to end: servers up, desk up, customers write, results shown, all of it down again.

import Correspondence
import Foundation
import Gateway
import Logging
import Rehearsal
import ServiceLifecycle
import Storage
import Web

/// The parts of a running desk that the demo looks at.
struct DemoDesk: Sendable {
    let store: any DeskStore
    let gateway: GatewayServices
    let reader: any MailReader
}

struct DemoRun: Sendable {
    /// How long the desk may take for the last mails before the demo says that something is missing.
    static let patience = Duration.seconds(120)
    static let look = Duration.milliseconds(200)

    let folder: String
    let knowledge: String
    let plan: DemoPlan
    let port: Int
    let exits: Bool
    let json: Bool

    func run() async throws {
        let began = ContinuousClock().now
        let table = DemoTable(isLive: !json && isatty(STDOUT_FILENO) == 1)
        let lock = try DemoLock(folder: folder, port: port)
        defer { withExtendedLifetime(lock) {} }
        let journal = try DemoJournal(folder: folder)
        say(table, "Deskbridge demo: private mail servers start in \(folder) ...")
        let stage = try await DemoStage.start(in: folder, plan: plan)
        let place = stage.servers.dovecot.folder
        try journal.note(serversAt: place)
        if !place.hasPrefix(folder) { say(table, "Their files are in \(place).") }
        do {
            try await run(stage, journal, table, began)
        } catch {
            await stage.servers.stop()
            throw error
        }
        await stage.servers.stop()
    }

    private func run(
        _ stage: DemoStage, _ journal: DemoJournal, _ table: DemoTable, _ began: ContinuousClock.Instant
    ) async throws {
        let path = try stage.writeSettings(
            knowledge: knowledge, webPort: port == 0 ? Int(LoopbackPort.free()) : port)
        let settings = try SettingsFile.load(path)
        let log = try DemoLog(folder: folder)
        var gatehouse = Gatehouse(
            wiring: try await Wiring.open(settings, by: Preparation.Step.allCases),
            logger: ServeCommand.logger(settings.logLevel, to: log))
        gatehouse.announce = { say(table, $0) }
        // The one link is told at the end, where it can still be seen.
        gatehouse.announcesLink = false
        let running: Gatehouse.Running
        do {
            running = try await gatehouse.prepare()
        } catch {
            await gatehouse.wiring.store.close()
            throw error
        }
        let group = gatehouse.group(running)
        let desk = DemoDesk(store: gatehouse.wiring.store.store, gateway: running.gateway, reader: Parts.mailReader)
        let progress = DemoProgress()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                do {
                    let counts = try await play(stage, desk, journal, table, began, progress)
                    if let words = log.words { say(table, words) }
                    progress.outcome = .success(counts)
                } catch {
                    progress.outcome = .failure(error)
                    await group.triggerGracefulShutdown()
                    return
                }
                if exits {
                    await group.triggerGracefulShutdown()
                } else {
                    say(table, Self.farewell(running.web, settingsFile: path))
                }
            }
            // The group ends by a signal or by our own word; a demo still playing ends with it.
            try await tasks.next()
            if progress.outcome == nil { tasks.cancelAll() }
            try? await tasks.waitForAll()
        }
        await gatehouse.wiring.store.close()
        if progress.outcome == nil || (try? progress.outcome?.get()) == nil, let words = log.words { say(table, words) }
        switch progress.outcome {
        case .success(let counts): if !counts.isWhole { throw Complaint(.software, "some mail has no outcome, or two") }
        case .failure(let error): throw error
        case nil: break
        }
    }

    /// Where to look next.
    private static func farewell(_ web: WebServer, settingsFile: String) -> String {
        """

        The pages stay up until Ctrl-C. This link opens them once, within 15 minutes:
        \(web.entryLink())
        Chat as a customer: \(web.address)/chat
        Commands work beside it, as: \(CommandLine.arguments[0]) ticket list \\
            --config \(settingsFile)
        """
    }

    /// Customers write, the table grows; returns when every mail is settled and delivered, or patience ends.
    private func play(
        _ stage: DemoStage, _ desk: DemoDesk, _ journal: DemoJournal, _ table: DemoTable,
        _ began: ContinuousClock.Instant, _ progress: DemoProgress
    ) async throws -> DemoCounts {
        let results = DemoResults(plan: plan, stage: stage, store: desk.store, reader: desk.reader)
        try await waitForMailboxes(desk)
        say(table, "Sample customers write \(plan.mails.count) mails ...\n\n\(DemoTable.header)")
        progress.sent = journal.sent.count
        let customers = SampleCustomers(
            plan: plan, stage: stage, journal: journal, reader: desk.reader,
            isSettled: { file in
                // A store that is busy now is asked again.
                guard let entries = try? await results.entries() else { return false }
                return !results.unsettled(entries).contains(file)
            })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await customers.write { progress.sent = $0 } }
            tasks.addTask {
                try await watch(results, desk, table) { progress.sent }
            }
            try await tasks.waitForAll()
        }
        try journal.finish()
        let entries = try await results.entries()
        let seconds = (ContinuousClock().now - began).seconds
        let counts = try await results.counts(entries, seconds: seconds)
        try await tell(results, entries, counts, table)
        return counts
    }

    private func waitForMailboxes(_ desk: DemoDesk) async throws {
        let deadline = ContinuousClock().now + .seconds(30)
        while !desk.gateway.isReady {
            guard ContinuousClock().now < deadline else {
                throw DemoFailure(
                    "the desk did not see its mailbox within 30 s: \(desk.gateway.mailboxes.mapValues(\.state))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Prints each mail once its outcome is written; ends when all are settled and nothing is left to deliver.
    private func watch(
        _ results: DemoResults, _ desk: DemoDesk, _ table: DemoTable, sent: @Sendable () -> Int
    ) async throws {
        var shown: Set<ArrivalID> = []
        var deadline = ContinuousClock().now + Self.patience
        while true {
            let entries = try await results.entries()
            for entry in entries where entry.outcome != nil && shown.insert(entry.arrival).inserted {
                if !json { table.say(DemoTable.line(entry)) }
                deadline = ContinuousClock().now + Self.patience
            }
            let missing = results.unsettled(entries)
            let backlog = try await desk.store.backlog().values.reduce(0, +)
            table.status("\(sent()) written, \(shown.count) settled, \(missing.count) to come, \(backlog) under way")
            if sent() == plan.mails.count, missing.isEmpty, backlog == 0 { return }
            if ContinuousClock().now > deadline { return }
            try await Task.sleep(for: Self.look)
        }
    }

    private func tell(
        _ results: DemoResults, _ entries: [LedgerEntry], _ counts: DemoCounts, _ table: DemoTable
    ) async throws {
        guard json else {
            table.say("\n" + Terminal.wrap(counts.words, to: Terminal.width).joined(separator: "\n"))
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for result in try await results.results(entries) {
            print(String(decoding: try encoder.encode(result), as: UTF8.self))
        }
        print(String(decoding: try encoder.encode(counts), as: UTF8.self))
    }

    private func say(_ table: DemoTable, _ text: String) {
        if !json { table.say(text) }
    }
}

extension DemoCounts {
    /// For people.
    var words: String {
        let parts = [
            (answered, "answered"), (review, "kept for review"), (ticket, "with a human"),
            (suppressed, "not answered on purpose"),
            (quarantined, "unreadable"), (recorded, "taken down only"), (withoutOutcome, "WITHOUT OUTCOME"),
            (twice, "TWICE"),
        ]
        let list = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(messages) mails in \(seconds) s: \(list)."
    }
}
