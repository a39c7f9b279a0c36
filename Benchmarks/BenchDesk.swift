// A whole desk for measuring: real parts, a store on disk, no servers of its own.

import Answering
import Correspondence
import Foundation
import Gateway
import Knowledge
import Language
import Logging
import MailFormat
import Mailboxes
import Rehearsal
import Reports
import ServiceLifecycle
import Storage
import Transport

struct BenchDesk {
    static let address = "support@bench.example"

    let store: any DeskStore
    let seams: GatewaySeams
    let policy: GatewayPolicy
    let signer: TokenSigner

    init(in folder: String, sink: SMTPSink? = nil, connections: Int = 8) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard let desk = EmailAddress(Self.address) else { throw BenchFailure("no address") }
        let analyzer = SnowballAnalyzer()
        let guess = CLD2LanguageGuess()
        let search = MemoryPassageSearch(analyzer: analyzer)
        let profile = DeskProfile(name: "Bench", address: desk, languages: ["en", "de", "fr", "es", "pl", "ja", "ar"])
        store = try await DeskStores.open(
            url: .sqlite(path: "\(folder)/desk.sqlite"), desk: profile.id, surroundings: .system
        ).store
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        seams = GatewaySeams(
            store: store, reader: GMimeMailReader(guess: guess), composer: RFC5322Composer(), guess: guess,
            analyzer: analyzer, search: search, answerer: BuiltInAnswerer(analyzer: analyzer),
            sender: sink.map {
                CurlMailSender(
                    SubmissionServer(url: "smtp://127.0.0.1:\($0.port)", tls: .off, connections: connections))
            },
            reports: try MustacheReportMaker(), surroundings: .system, logger: logger)
        let mailbox = Channel(.mailbox, "bench")
        policy = GatewayPolicy(
            desk: profile,
            limits: SendingLimits(repliesPerConversation: 3, perSender: [], answers: []),
            trust: [mailbox: .init(authentication: .servers(["mx.demo.example"]))])
        signer = TokenSigner(secret: Array("a secret for measuring only".utf8), messageIDDomain: desk.domain)
    }

    /// Runs the services until `isDone`, which is asked every few milliseconds; the seconds from start to done.
    func run(
        _ kinds: Set<WorkKind>, sources: [any MailboxSource] = [],
        until isDone: @escaping @Sendable () async throws -> Bool
    ) async throws -> Double {
        let gateway = GatewayServices(
            seams: seams, policy: policy, signer: signer, sources: sources, kinds: kinds)
        let group = ServiceGroup(services: gateway.services, logger: seams.logger)
        return try await withThrowingTaskGroup(of: Double?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                let clock = ContinuousClock()
                let start = clock.now
                let spent = Disk.processorSeconds
                while try await !isDone() {
                    guard clock.now - start < .seconds(300) else { throw BenchFailure("not done in five minutes") }
                    try await Task.sleep(for: .milliseconds(5))
                }
                let seconds = (clock.now - start).seconds
                // For whoever tunes: `perf record -k CLOCK_MONOTONIC` and `perf report --time` take these.
                if ProcessInfo.processInfo.environment["BENCH_TIMES"] != nil {
                    let end = Disk.monotonicSeconds
                    FileHandle.standardError.write(
                        Data(
                            "\(end - seconds),\(end) took \(seconds) s, \(Disk.processorSeconds - spent) s of processor time\n"
                                .utf8))
                }
                await group.triggerGracefulShutdown()
                return seconds
            }
            var seconds = 0.0
            for try await result in tasks { if let result { seconds = result } }
            return seconds
        }
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
