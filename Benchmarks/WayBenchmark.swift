// The whole way: mails lie in a mailbox, answers leave over SMTP; and how long one mail takes alone.

import Correspondence
import Foundation
import Gateway
import Knowledge
import Language
import MailFormat
import Rehearsal
import Synchronization

enum WayBenchmark {
    static let count = 3_000
    /// The first few go by unmeasured: the index is still being made.
    static let warmUps = 10
    static let singles = 200

    static func run(_ folder: String) async throws -> [Measurement] {
        let sink = try SMTPSink()
        try await sink.start()
        let desk = try await BenchDesk(in: folder, sink: sink)
        let reader = FileArticleReader(languageGuess: desk.seams.guess, cleaner: LibXMLCleaner())
        let (files, problems) = ArticleFolder.read(["examples/knowledge"])
        guard !files.isEmpty else { throw BenchFailure("run it from the project's folder: \(problems)") }
        _ = try await desk.store.replaceArticles(origin: "bench", with: reader.articles(from: files).articles)
        await desk.seams.search.replace(with: try await desk.store.articles())
        let intake = Intake(store: desk.store, surroundings: desk.seams.surroundings)
        let channel = Channel(.mailbox, "bench")
        let send: @Sendable (Range<Int>) async throws -> Void = { numbers in
            try await intake.accept(
                numbers.map { number in
                    let mail = SampleMail.mail(
                        number, desk: BenchDesk.address,
                        question: "How long does the delivery of an espresso machine take, and what does shipping cost?"
                    )
                    return intake.arrival(mail, channel: channel, key: "1/\(number)")
                })
        }
        // One at a time, while everything runs.
        let collected = Times()
        _ = try await desk.run(Set(WorkKind.allCases)) {
            let number = collected.count
            guard number < warmUps + singles else { return true }
            let hints = desk.store.historyHints()
            let last = try await desk.store.lastSequence()
            let start = ContinuousClock().now
            try await send(number..<number + 1)
            try await sent(in: desk.store, after: last, hints)
            collected.add((ContinuousClock().now - start).seconds * 1000)
            return false
        }
        let times = collected.after(warmUps)
        // All at once.
        let first = warmUps + singles
        for chunk in stride(from: first, to: first + count, by: 500) {
            try await send(chunk..<min(chunk + 500, first + count))
        }
        let seconds = try await desk.run(Set(WorkKind.allCases)) {
            let backlog = try await desk.store.backlog()
            return backlog.values.reduce(0, +) == 0
        }
        let answered = try await desk.store.outbox(state: .sent, limit: first + count + 1).count
        guard answered == first + count else { throw BenchFailure("\(answered) of \(first + count) were answered") }
        await sink.stop()
        let sync = try 1000 / Disk.syncsPerSecond(in: folder)
        return [
            Measurement(
                work: "one mail in, reply out, p50, against 3 x 5 fdatasync", ours: times[singles / 2],
                limit: 15 * sync,
                unit: "ms", goal: nil),
            Measurement(
                work: "one mail in, reply out, p99, against 250 ms", ours: times[singles * 99 / 100], limit: 250,
                unit: "ms", goal: nil),
            Measurement(
                work: "the whole way, against 2,000 mails/s", ours: Double(count) / seconds, limit: 2_000,
                unit: "mails/s", goal: 1),
        ]
    }

    /// Waits for the record of a sent reply: by the store's hints, since looking every millisecond would slow down what
    /// is measured.
    private static func sent(in store: any DeskStore, after sequence: Int64, _ hints: AsyncStream<Void>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in hints {
                    let events = try await store.events(after: sequence, conversation: nil, limit: 50)
                    if events.contains(where: { $0.kind == .replySent }) { return }
                }
                throw BenchFailure("the store was closed")
            }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                throw BenchFailure("no answer in 10 s")
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Milliseconds, gathered by the one closure that measures.
    private final class Times: Sendable {
        private let all = Mutex<[Double]>([])

        var count: Int { all.withLock { $0.count } }

        func after(_ warmUps: Int) -> [Double] { all.withLock { $0.dropFirst(warmUps).sorted() } }

        func add(_ time: Double) { all.withLock { $0.append(time) } }
    }
}
