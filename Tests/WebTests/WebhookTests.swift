// Webhooks: the signature over raw bytes, its window, repeats, sizes, and 2xx only after the commit.

import Correspondence
import Foundation
import HTTPTypes
import Testing

@testable import Web

struct WebhookTests {
    static let secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    static let settings = WebSettings(webhooks: [.init(name: "inbound", secret: secret)], messageSize: 2000)
    static let mail = Array("From: anna@example.org\r\nSubject: Hi\r\n\r\nHello".utf8)

    private static func headers(
        _ desk: Desk, id: String = "msg_1", body: [UInt8] = mail, age: Duration = .zero, signedBody: [UInt8]? = nil
    ) -> HTTPFields {
        let seconds = "\((desk.clock.now - age).microseconds / 1_000_000)"
        let mac = StandardWebhook(secret: secret).signature(id: id, timestamp: seconds, body: signedBody ?? body)
        return [
            .contentType: "message/rfc822", .webhookID: id, .webhookTimestamp: seconds,
            .webhookSignature: "v1,\(Data(mac ?? []).base64EncodedString())",
        ]
    }

    @Test("the example of the specification's libraries verifies")
    func known() {
        let body = Array(#"{"test": 2432232314}"#.utf8)
        let verdict = StandardWebhook(secret: Self.secret).verify(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330",
            signatures: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", body: body,
            now: Instant(microseconds: 1_614_265_330_000_000))
        #expect(verdict == .valid)
    }

    @Test(
        "a secret that anybody could guess, or that is no base 64, verifies nothing",
        arguments: ["", "x", "whsec_", "whsec_eA==", "whsec_no base64 at all, but long", "just-23-characters-here"])
    func noKey(secret: String) {
        #expect(WebhookKey.fault(of: Secret(secret))?.contains("openssl rand -base64 32") == true)
        let now = Instant(microseconds: 1_614_265_330_000_000)
        let hook = StandardWebhook(secret: Secret(secret))
        let decoded = Data(base64Encoded: String(secret.dropFirst(6))) ?? Data()
        for key in [Array(secret.utf8), Array(decoded), []] {
            let mac = StandardWebhook.signature(key, id: "msg_1", timestamp: "1614265330", body: Self.mail)
            let headers = StandardWebhook.Headers(
                id: "msg_1", timestamp: "1614265330", signatures: "v1,\(Data(mac).base64EncodedString())")
            #expect(hook.check(headers, now: now) == .badSignature)
            #expect(hook.verify(headers, body: Self.mail) == .badSignature)
        }
        #expect(WebhookKey.fault(of: Self.secret) == nil)
        #expect(WebhookKey.fault(of: Secret("24 characters as they are")) == nil)
    }

    @Test("a signed mail is kept, a repeat of its id is known")
    func taken() async throws {
        try await Desk.with(Self.settings) { desk, client in
            let first = try await client.call(
                .post, "/webhooks/inbound", headers: Self.headers(desk), bytes: Self.mail)
            #expect(first.status == 201)
            let again = try await client.call(
                .post, "/webhooks/inbound", headers: Self.headers(desk), bytes: Self.mail)
            #expect(again.status == 200)
            let ledger = try await desk.store.ledger(outcome: nil, limit: 10, before: nil)
            #expect(ledger.map(\.key) == ["msg_1"])
            #expect(ledger.map(\.channel) == [Channel(.webhook, "inbound")])
            #expect(try await desk.store.mail(ledger[0].arrival) == Self.mail)
        }
    }

    @Test("one byte more, less or other is refused, and nothing is kept")
    func changed() async throws {
        try await Desk.with(Self.settings) { desk, client in
            var other = Self.mail
            other[3] ^= 1
            for body in [Self.mail + [10], Array(Self.mail.dropLast()), other] {
                let headers = Self.headers(desk, signedBody: Self.mail)
                let answer = try await client.call(.post, "/webhooks/inbound", headers: headers, bytes: body)
                #expect(answer.status == 401 && answer.problem?.code == "signature")
            }
            var otherID = Self.headers(desk)
            otherID[.webhookID] = "msg_2"
            #expect(
                try await client.call(.post, "/webhooks/inbound", headers: otherID, bytes: Self.mail).status == 401)
            #expect(try await desk.store.ledger(outcome: nil, limit: 10, before: nil).isEmpty)
        }
    }

    @Test(
        "300 seconds and not one more, in both directions",
        arguments: [(300, 201), (301, 401), (-300, 201), (-301, 401)])
    func window(age: Int, status: Int) async throws {
        try await Desk.with(Self.settings) { desk, client in
            let answer = try await client.call(
                .post, "/webhooks/inbound", headers: Self.headers(desk, age: .seconds(age)), bytes: Self.mail)
            #expect(answer.status == status)
        }
    }

    @Test("one good signature among several is enough; versions that are not known do not count")
    func several() async throws {
        try await Desk.with(Self.settings) { desk, client in
            var headers = Self.headers(desk)
            let good = try #require(headers[.webhookSignature])
            headers[.webhookSignature] = "v1,AAAA v2,xyz \(good)"
            #expect(try await client.call(.post, "/webhooks/inbound", headers: headers, bytes: Self.mail).status == 201)
            headers[.webhookSignature] = good.replacing("v1,", with: "v2,")
            #expect(try await client.call(.post, "/webhooks/inbound", headers: headers, bytes: Self.mail).status == 401)
        }
    }

    @Test("missing headers 401, unknown name 404, too large 413, another type 415, empty 400")
    func refused() async throws {
        try await Desk.with(Self.settings) { desk, client in
            let bare = try await client.call(
                .post, "/webhooks/inbound", headers: [.contentType: "message/rfc822"], bytes: Self.mail)
            #expect(bare.status == 401)
            let unknown = try await client.call(
                .post, "/webhooks/other", headers: Self.headers(desk), bytes: Self.mail)
            #expect(unknown.status == 404)
            let large = [UInt8](repeating: 65, count: 2001)
            let tooLarge = try await client.call(
                .post, "/webhooks/inbound", headers: Self.headers(desk, body: large), bytes: large)
            #expect(tooLarge.status == 413)
            var json = Self.headers(desk)
            json[.contentType] = "application/json"
            #expect(try await client.call(.post, "/webhooks/inbound", headers: json, bytes: Self.mail).status == 415)
            let empty = try await client.call(
                .post, "/webhooks/inbound", headers: Self.headers(desk, body: []), bytes: [])
            #expect(empty.status == 400)
        }
    }
}
