// A server on a free port: live events that go on where they ended, hosts, stops.

import Correspondence
import Foundation
import Gateway
import HTTPTypes
import Logging
import ServiceLifecycle
import Testing

@testable import Web

struct LiveTests {
    /// Runs `body` against a listening server, then stops it gracefully.
    static func live(
        _ settings: WebSettings = WebSettings(port: 0), seams change: @Sendable (inout WebSeams) -> Void = { _ in },
        _ body: @escaping @Sendable (Desk, Int) async throws -> Void
    ) async throws {
        try await Desk.open(settings, seams: change) { desk in
            let group = ServiceGroup(
                services: [desk.seams.history, desk.server], gracefulShutdownSignals: [],
                logger: Logger(label: "web-live"))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await LiveConnection.until { desk.server.port != nil }
                let port = try #require(desk.server.port)
                do {
                    try await body(desk, port)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    @Test("events come live, and a second connection goes on after the last seen one")
    func events() async throws {
        try await Self.live { desk, port in
            let first = try await LiveConnection(port: port)
            try await first.get("/api/support/events", ["Authorization: Bearer \(desk.keys.reader)"])
            try await first.wait { $0.contains(": here") }
            #expect(first.text.contains("text/event-stream") && first.text.contains("X-Accel-Buffering: no"))
            let id = try await desk.waiting()
            try await first.wait { $0.contains("event: messageReceived") && $0.contains(id.text) }
            await first.close()
            let last = try #require(first.text.matches(of: /id: (\d+)/).last?.1)
            try await desk.conclude(id, reply: "Tomorrow.")
            _ = try await desk.ticketed()
            let second = try await LiveConnection(port: port)
            try await second.get(
                "/api/support/events", ["Authorization: Bearer \(desk.keys.reader)", "Last-Event-ID: \(last)"])
            try await second.wait { $0.contains("event: replyQueued") && $0.contains("event: ticketOpened") }
            let sequences = second.text.matches(of: /id: (\d+)/).compactMap { Int($0.1) }
            #expect(sequences == Array(Set(sequences)).sorted())
            #expect(sequences.first == Int(last).map { $0 + 1 })
            await second.close()
            try await LiveConnection.until { desk.seams.history.listenerCount == 0 }
        }
    }

    @Test("a customer hears of their own conversation, without reasons")
    func customerEvents() async throws {
        try await Self.live { desk, port in
            let id = try await desk.waiting()
            let token = try #require(desk.seams.signer.chatToken(for: id))
            let connection = try await LiveConnection(port: port)
            try await connection.get("/api/support/conversations/\(id)/events", ["Cookie: deskbridge-chat=\(token)"])
            try await connection.wait { $0.contains(": here") }
            _ = try await desk.waiting(from: "bob@example.org")
            try await desk.conclude(id, reply: nil)
            try await connection.wait { $0.contains("event: ticketOpened") }
            #expect(!connection.text.contains("a refund"))
            #expect(!connection.text.contains("draftMade"))
            let events = connection.text.matches(of: /"conversationId":"([a-z0-9]+)"/).map { String($0.1) }
            #expect(Set(events) == [id.text])
            await connection.close()
        }
    }

    @Test("a graceful stop ends open streams", .timeLimit(.minutes(1)))
    func stops() async throws {
        try await Self.live { desk, port in
            let connection = try await LiveConnection(port: port)
            try await connection.get("/api/support/events", ["Authorization: Bearer \(desk.keys.reader)"])
            try await connection.wait { $0.contains(": here") }
        }
    }

    @Test("a host that is not ours is refused")
    func host() async throws {
        try await Self.live { _, port in
            let connection = try await LiveConnection(port: port)
            try await connection.get("/healthz", host: "evil.example")
            try await connection.wait { $0.contains("\r\n\r\n") }
            #expect(connection.text.hasPrefix("HTTP/1.1 421"))
            let good = try await LiveConnection(port: port)
            try await good.get("/healthz", host: "localhost:\(port)")
            try await good.wait { $0.contains("ok\n") }
            await connection.close()
            await good.close()
        }
    }

    @Test("headers past the limit end the connection")
    func headers() async throws {
        try await Self.live { _, port in
            let connection = try await LiveConnection(port: port)
            try await connection.get("/healthz", ["X-Large: \(String(repeating: "a", count: 40_000))"])
            try await connection.waitForEnd()
            #expect(!connection.text.contains("200 OK"))
        }
    }

    @Test("the commands' socket needs no key")
    func socket() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "web-\(UUID().uuidString.prefix(8)).sock")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Self.live(WebSettings(port: 0, socket: path)) { _, _ in
            try await LiveConnection.until { FileManager.default.fileExists(atPath: path) }
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/curl")
            process.arguments = ["-s", "--unix-socket", path, "http://localhost/api/support/conversations"]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            process.waitUntilExit()
            let text = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            #expect(text == #"{"items":[],"next":null}"#)
        }
    }
}
