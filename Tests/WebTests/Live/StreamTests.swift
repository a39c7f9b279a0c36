// Streams that last: how many there may be, whose end ends them, and what is open to programs of this machine alone.

import Correspondence
import Foundation
import Gateway
import Testing

@testable import Web

struct StreamTests {
    private static func settings(_ change: (inout WebSettings.StreamLimits) -> Void = { _ in }) -> WebSettings {
        var settings = WebSettings(
            port: 0, chatRate: Rate(count: 10_000, period: .minutes(1)), trustedProxies: ["127.0.0.1"])
        change(&settings.streams)
        return settings
    }

    /// The connection and its answer's status, once its head is there.
    private static func open(_ port: Int, _ path: String, _ headers: [String]) async throws
        -> (connection: LiveConnection, status: Int?)
    {
        let connection = try await LiveConnection(port: port)
        try await connection.get(path, headers)
        try await connection.wait { $0.contains("\r\n\r\n") }
        return (connection, Int(connection.text.dropFirst(9).prefix(3)))
    }

    private static func open(_ port: Int, _ path: String, token: String, from address: String = "192.0.2.1")
        async throws -> (connection: LiveConnection, status: Int?)
    {
        try await open(port, path, ["Authorization: Bearer \(token)", "X-Forwarded-For: \(address)"])
    }

    @Test("the sixth stream of one conversation's token is 429, and a connection that was cut frees its place")
    func sixth() async throws {
        try await LiveTests.live(Self.settings()) { desk, port in
            let id = try await desk.waiting()
            let token = try #require(desk.seams.signer.chatToken(for: id))
            let path = "/api/support/conversations/\(id)/events"
            var held: [LiveConnection] = []
            for number in 0..<5 {
                // Other addresses do not help.
                let (connection, status) = try await Self.open(port, path, token: token, from: "192.0.2.\(number)")
                #expect(status == 200)
                held.append(connection)
            }
            let sixth = try await Self.open(port, path, token: token)
            #expect(sixth.status == 429 && sixth.connection.text.lowercased().contains("retry-after: "))
            let reader = try await Self.open(port, path, token: desk.keys.reader)
            #expect(reader.status == 200)
            await held[0].close()
            try await LiveConnection.until {
                guard let (next, status) = try? await Self.open(port, path, token: token) else { return false }
                if status != 200 { await next.close() }
                return status == 200
            }
            for connection in held { await connection.close() }
        }
    }

    @Test("one address has fewer streams than all; with every place taken the rest is still answered")
    func all() async throws {
        let limits = Self.settings {
            $0.ofPlace = 2
            $0.visitors = 3
            $0.all = 4
        }
        try await LiveTests.live(limits) { desk, port in
            var statuses: [Int?] = []
            var held: [LiveConnection] = []
            for (number, address) in [1, 1, 1, 2, 3].enumerated() {
                let id = try await desk.waiting(from: "anna\(number)@example.org")
                let token = try #require(desk.seams.signer.chatToken(for: id))
                let (connection, status) = try await Self.open(
                    port, "/api/support/conversations/\(id)/events", token: token, from: "192.0.2.\(address)")
                statuses.append(status)
                held.append(connection)
            }
            #expect(statuses == [200, 200, 429, 200, 429])
            // What visitors may not take is left to the desk.
            for wanted in [200, 429] {
                let (connection, status) = try await Self.open(port, "/api/support/events", token: desk.keys.reader)
                #expect(status == wanted)
                held.append(connection)
            }
            let health = try await Self.open(port, "/healthz", [])
            #expect(health.status == 200)
            for connection in held { await connection.close() }
        }
    }

    enum Right: CaseIterable {
        case key
        case session
        case conversation
    }

    @Test(
        "a stream ends with its caller's rights: a key that is removed, a session that is left, a conversation erased",
        arguments: Right.allCases)
    func rights(right: Right) async throws {
        try await LiveTests.live(Self.settings { $0.look = .zero }) { desk, port in
            let id = try await desk.waiting()
            let cookie = try await desk.signIn().cookie
            let token = try #require(desk.seams.signer.chatToken(for: id))
            let path = "/api/support\(right == .conversation ? "/conversations/\(id)" : "")/events"
            let proof =
                switch right {
                case .key: "Authorization: Bearer \(desk.keys.reader)"
                case .session: "Cookie: \(cookie)"
                case .conversation: "Authorization: Bearer \(token)"
                }
            let (connection, status) = try await Self.open(port, path, [proof])
            #expect(status == 200)
            try await connection.wait { $0.contains(": here") }
            switch right {
            case .key: try await desk.store.removeKey(desk.keys.reader)
            case .session: try await desk.server.sessionBook.leave(String(cookie.split(separator: "=")[1]))
            case .conversation: try await desk.store.erase(id)
            }
            // Something happens that is none of the reader's business any more.
            _ = try await desk.waiting(from: "bob@example.org")
            try await connection.wait { $0.contains("\r\n0\r\n\r\n") }
            #expect(!connection.text.contains("event: "))
            await connection.close()
        }
    }

    @Test("metrics and the mailboxes' names are for this machine itself; through a proxy for keys that may read")
    func near() async throws {
        var settings = Self.settings()
        settings.url = "http://desk.acme.example"
        try await LiveTests.live(settings) { desk, port in
            #expect(try await Self.open(port, "/metrics", []).status == 200)
            let ready = try await Self.open(port, "/readyz", []).connection
            try await ready.wait { $0.contains(#""support":"seen""#) }
            #expect(!ready.text.contains("535 5.7.8"))
            for header in ["X-Forwarded-For: 203.0.113.9", "Via: 1.1 proxy", "Forwarded: for=203.0.113.9"] {
                #expect(try await Self.open(port, "/metrics", [header]).status == 401, "\(header)")
                let bare = try await Self.open(port, "/readyz", [header]).connection
                try await bare.wait { $0.hasSuffix(#"{"ready":true}"#) }
            }
            #expect(try await Self.open(port, "/metrics", token: desk.keys.reader).status == 200)
            #expect(try await Self.open(port, "/metrics", token: desk.keys.chat).status == 403)
            // A proxy that hides that it is one, but not for whom it asks.
            let named = try await LiveConnection(port: port)
            try await named.get("/metrics", host: "desk.acme.example")
            try await named.wait { $0.hasPrefix("HTTP/1.1 401") }
        }
    }
}
