// Bodies of callers that are not known yet: how many, how large, how slow; and who is refused before his is read.

import Correspondence
import Foundation
import Testing

@testable import Web

struct WebhookBodyTests {
    static let secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    static let mail = "From: anna@example.org\r\nSubject: Hi\r\n\r\nHello"

    private static func settings(_ change: (inout WebSettings.BodyLimits) -> Void = { _ in }) -> WebSettings {
        var settings = WebSettings(
            port: 0, trustedProxies: ["127.0.0.1"], webhooks: [.init(name: "in", secret: secret)], messageSize: 2000)
        change(&settings.bodies)
        return settings
    }

    /// A head whose signature fits `body`, which is to come.
    private static func head(
        _ desk: Desk, id: String, of body: String = mail, length: Int? = mail.utf8.count, age: Duration = .zero,
        signature: String? = nil, from address: String = "192.0.2.1"
    ) -> String {
        let seconds = "\((desk.clock.now - age).microseconds / 1_000_000)"
        let mac = StandardWebhook(secret: secret).signature(id: id, timestamp: seconds, body: Array(body.utf8))
        return """
            POST /webhooks/in HTTP/1.1\r
            Host: localhost\r
            X-Forwarded-For: \(address)\r
            Content-Type: message/rfc822\r
            Webhook-Id: \(id)\r
            Webhook-Timestamp: \(seconds)\r
            Webhook-Signature: \(signature ?? "v1,\(Data(mac ?? []).base64EncodedString())")\r
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

    // MARK: Without any key

    @Test("slow bodies of one address hold no more than its share; what another has signed is taken in meanwhile")
    func share() async throws {
        var settings = Self.settings {
            $0.bytes = 8_000_000
            $0.bytesOfOne = 1_000_000
        }
        settings.messageSize = 2_000_000
        try await LiveTests.live(settings) { desk, port in
            let part = String(repeating: "x", count: 1_499_999)
            var slow: [LiveConnection] = []
            for number in 0..<5 {
                slow.append(try await Self.call(port, Self.head(desk, id: "f\(number)", length: 1_500_000) + part))
            }
            let all = slow
            try await LiveConnection.until { all.count { $0.text.hasPrefix("HTTP/1.1 503") } >= 4 }
            let mail = Self.mail + String(repeating: "x", count: 1_000_000)
            let good = try await Self.call(
                port, Self.head(desk, id: "good", of: mail, length: mail.utf8.count, from: "198.51.100.7") + mail)
            #expect(try await Self.status(good) == 201)
            for connection in slow + [good] { await connection.close() }
        }
    }

    /// Not what the head's signature was made of.
    private static let forged = String(repeating: "x", count: mail.utf8.count)

    @Test("after sixty calls that were not signed an address is refused before its body, and no other")
    func sixty() async throws {
        try await LiveTests.live(Self.settings()) { desk, port in
            for number in 0..<60 {
                let connection = try await Self.call(port, Self.head(desk, id: "f\(number)") + Self.forged)
                #expect(try await Self.status(connection) == 401)
                await connection.close()
            }
            let early = try await Self.call(port, Self.head(desk, id: "early"))
            #expect(try await Self.status(early) == 429)
            let other = try await Self.call(port, Self.head(desk, id: "other", from: "198.51.100.7") + Self.mail)
            #expect(try await Self.status(other) == 201)
            // What is signed costs nothing: a second wins one call back, and lets any number of these in.
            desk.clock.advance(.seconds(1))
            for id in ["a", "b", "c"] {
                let signed = try await Self.call(port, Self.head(desk, id: id) + Self.mail)
                #expect(try await Self.status(signed) == 201)
                await signed.close()
            }
            await early.close()
            await other.close()
        }
    }

    @Test("bodies that are cut off count like forged ones")
    func cutOff() async throws {
        let settings = Self.settings {
            $0.bodiesOfOne = 100
            $0.look = .milliseconds(50)
            $0.bytesALook = 1
        }
        try await LiveTests.live(settings) { desk, port in
            var begun: [LiveConnection] = []
            for number in 0..<60 {
                begun.append(try await Self.call(port, Self.head(desk, id: "c\(number)") + Self.mail.prefix(5)))
            }
            for connection in begun { try await connection.waitForEnd() }
            // The last may be counted a moment after its end was seen.
            var statuses: [Int?] = []
            for number in 0..<20 where statuses.last != 429 {
                let probe = try await Self.call(port, Self.head(desk, id: "p\(number)") + Self.forged)
                statuses.append(try await Self.status(probe))
                await probe.close()
            }
            #expect(statuses.last == 429)
        }
    }

    @Test("whoever calls without a signature, however often and from wherever, fills no log", arguments: [true, false])
    func lines(isFromOne: Bool) async throws {
        let log = LogLines()
        try await LiveTests.live(Self.settings { $0.bodies = 0 }, seams: { $0.logger = log.logger }) { desk, port in
            let bare = (0..<1000).map { number in
                let address = isFromOne ? "192.0.2.1" : "203.0.\(number / 200).\(number % 200 + 1)"
                return "POST /webhooks/in HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: \(address)\r\n"
                    + "Content-Length: 0\r\n\r\n"
            }
            let last = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let connection = try await Self.call(port, bare.joined() + last)
            try await connection.waitForEnd()
            #expect(connection.text.matches(of: /HTTP\/1\.1 401/).count == (isFromOne ? 60 : 1000))
            #expect((1...30).contains(log.count(of: "webhook refused")))
            // There is no place for these; that is said as seldom.
            let full = (0..<100).map { Self.head(desk, id: "\($0)", length: 0, from: "198.51.100.7") }
            let other = try await Self.call(port, full.joined() + last)
            try await other.waitForEnd()
            #expect(other.text.matches(of: /HTTP\/1\.1 503/).count == 100)
            #expect((1...30).contains(log.count(of: "request failed")))
        }
    }
}
