// Bodies of callers that are not known yet: how many, how large, how slow; and who is refused before his is read.

import Correspondence
import Foundation
import Testing

@testable import Web

struct WebhookBodyTests {
    static let secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    static let mail = "From: anna@example.org\r\nSubject: Hi\r\n\r\nHello"

    private static func settings(_ change: (inout WebSettings.BodyLimits) -> Void = { _ in }) -> WebSettings {
        var settings = WebSettings(port: 0, webhooks: [.init(name: "in", secret: secret)], messageSize: 2000)
        change(&settings.bodies)
        return settings
    }

    /// A head whose signature fits `mail`, for a body that is to come.
    private static func head(
        _ desk: Desk, id: String, length: Int? = mail.utf8.count, age: Duration = .zero, signature: String? = nil
    ) -> String {
        let seconds = "\((desk.clock.now - age).microseconds / 1_000_000)"
        let mac = StandardWebhook(secret: secret).signature(id: id, timestamp: seconds, body: Array(mail.utf8))
        return """
            POST /webhooks/in HTTP/1.1\r
            Host: localhost\r
            Content-Type: message/rfc822\r
            Webhook-Id: \(id)\r
            Webhook-Timestamp: \(seconds)\r
            Webhook-Signature: \(signature ?? "v1,\(Data(mac).base64EncodedString())")\r
            \(length.map { "Content-Length: \($0)" } ?? "Transfer-Encoding: chunked")\r
            \r

            """
    }

    private static func call(_ port: Int, _ text: String) async throws -> LiveConnection {
        let connection = try await LiveConnection(port: port)
        try await connection.send(text)
        return connection
    }

    private static func status(_ connection: LiveConnection) async throws -> Int? {
        try await connection.wait { $0.contains("\r\n\r\n") }
        return Int(connection.text.dropFirst(9).prefix(3))
    }

    @Test("when as many bodies are held as may be, one more is 503 with Retry-After, and a free place is used again")
    func count() async throws {
        try await LiveTests.live(Self.settings { $0.bodies = 2 }) { desk, port in
            let first = try await Self.call(port, Self.head(desk, id: "a") + Self.mail.prefix(5))
            let second = try await Self.call(port, Self.head(desk, id: "b") + Self.mail.prefix(5))
            try await LiveConnection.until {
                guard let third = try? await Self.call(port, Self.head(desk, id: "c")) else { return false }
                let status = try? await Self.status(third)
                let isTold = third.text.lowercased().contains("retry-after: 5")
                await third.close()
                return status == 503 && isTold
            }
            try await first.send(String(Self.mail.dropFirst(5)))
            #expect(try await Self.status(first) == 201)
            // Half a body that is given up frees its place as well.
            await second.close()
            try await LiveConnection.until {
                guard let again = try? await Self.call(port, Self.head(desk, id: "d") + Self.mail) else { return false }
                return (try? await Self.status(again)).map { $0 == 201 || $0 == 200 } ?? false
            }
            let kept = try await desk.store.ledger(outcome: nil, limit: 10, before: nil).map(\.key)
            #expect(Set(kept) == ["a", "d"])
        }
    }

    @Test("one address has fewer places than all")
    func one() async throws {
        try await LiveTests.live(Self.settings { $0.bodiesOfOne = 1 }) { desk, port in
            let first = try await Self.call(port, Self.head(desk, id: "a") + Self.mail.prefix(5))
            try await LiveConnection.until {
                guard let other = try? await Self.call(port, Self.head(desk, id: "b")) else { return false }
                return (try? await Self.status(other)) == 503
            }
            await first.close()
        }
    }

    @Test("bytes count as they arrive; what does not fit is refused by its announced length, or where it goes too far")
    func bytes() async throws {
        let large = String(repeating: "x", count: 1900)
        try await LiveTests.live(Self.settings { $0.bytes = 10 }) { desk, port in
            // Two of the largest always fit: 4000 bytes.
            let first = try await Self.call(port, Self.head(desk, id: "a", length: 2000) + large)
            let second = try await Self.call(port, Self.head(desk, id: "b", length: 2000) + large)
            try await LiveConnection.until {
                guard let third = try? await Self.call(port, Self.head(desk, id: "c", length: 2000)) else {
                    return false
                }
                return (try? await Self.status(third)) == 503
            }
            let chunked = try await Self.call(
                port, Self.head(desk, id: "d", length: nil) + "76C\r\n\(large)\r\n")
            #expect(try await Self.status(chunked) == 503)
            let small = try await Self.call(port, Self.head(desk, id: "e") + Self.mail)
            #expect(try await Self.status(small) == 201)
            await first.close()
            await second.close()
        }
    }

    @Test("a body that does not come is closed, and so is one that never ends", arguments: [true, false])
    func slow(isSilent: Bool) async throws {
        let settings = Self.settings {
            $0.look = .milliseconds(50)
            $0.bytesALook = isSilent ? 1 : 0
            $0.looks = isSilent ? 1000 : 3
        }
        try await LiveTests.live(settings) { desk, port in
            let slow = try await Self.call(port, Self.head(desk, id: "a") + Self.mail.prefix(5))
            try await slow.waitForEnd()
            #expect(slow.text.isEmpty || !slow.text.contains(" 201 "))
            let good = try await Self.call(port, Self.head(desk, id: "b") + Self.mail)
            #expect(try await Self.status(good) == 201)
        }
    }

    @Test("missing, malformed and old headers, and too large a body, are refused while the body is still to come")
    func early() async throws {
        try await LiveTests.live(Self.settings { $0.bodies = 0 }) { desk, port in
            let none = Self.head(desk, id: "a").replacing("Webhook-Signature", with: "X-Signature")
            let noID = Self.head(desk, id: "")
            let words = Self.head(desk, id: "a").replacing("Webhook-Timestamp: ", with: "Webhook-Timestamp: x")
            for (head, wanted) in [
                (none, 401), (noID, 401), (words, 401), (Self.head(desk, id: "a", age: .seconds(301)), 401),
                (Self.head(desk, id: "a", age: .seconds(-301)), 401),
                (Self.head(desk, id: "a", signature: "v1,AAAA"), 401),
                (Self.head(desk, id: "a", signature: "v2,\(String(repeating: "A", count: 44))"), 401),
                (Self.head(desk, id: "a", length: 2001), 413), (Self.head(desk, id: "a"), 503),
            ] {
                let connection = try await Self.call(port, head)
                #expect(try await Self.status(connection) == wanted, "\(head)")
                await connection.close()
            }
        }
    }
}
