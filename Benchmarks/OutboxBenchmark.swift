// Outbox to smtp-sink with every state durable, against Postfix's smtp-source to the same sink.

import Correspondence
import Foundation
import Gateway
import Rehearsal

enum OutboxBenchmark {
    static let count = 5_000
    static let sessions = 8

    static func run(_ folder: String) async throws -> [Measurement] {
        let sink = try SMTPSink()
        try await sink.start()
        let desk = try await BenchDesk(in: folder, sink: sink, connections: sessions)
        try await fill(desk)
        let seconds = try await desk.run([.deliver]) { try await desk.store.backlog()[.notify, default: 0] == 0 }
        let sent = try await desk.store.outbox(state: .sent, limit: count + 1).count
        guard sent == count else { throw BenchFailure("\(sent) of \(count) were sent") }
        let source = try await SMTPSource.run(
            to: sink.port, count: count, size: SampleMail.size, sessions: sessions)
        await sink.stop()
        return [
            Measurement(
                work: "outbox to smtp-sink, against smtp-source", ours: Double(count) / seconds,
                limit: Double(count) / source.seconds, unit: "mails/s", goal: 0.5)
        ]
    }

    private static func fill(_ desk: BenchDesk) async throws {
        guard let agent = EmailAddress("agent@bench.example") else { throw BenchFailure("no address") }
        let body = String(repeating: "The quick brown fox jumps over the lazy dog, again and again.\n", count: 58)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                guard let id = MessageID("bench.\(number)@bench.example") else { continue }
                group.addTask {
                    try await desk.store.enqueue(
                        NewOutgoing(
                            id: desk.seams.surroundings.makeID(), record: nil,
                            reply: OutgoingReply(
                                purpose: .notice, messageID: id, to: NamedAddress(address: agent),
                                subject: "Ticket \(number)", language: "en", body: body)))
                }
            }
            try await group.waitForAll()
        }
    }
}
