// The signature of Standard Webhooks: HMAC-SHA256 over id, timestamp and raw body.

import Correspondence
import Crypto
import Foundation

/// `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature` (`v1,` and base 64, several divided by blanks)
/// as in https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
struct StandardWebhook: Sendable {
    /// A call older or newer than this is refused, so that an old one cannot be played again.
    static let window = Duration.seconds(300)
    static let idLimit = 256
    static let signatureLimit = 16

    enum Verdict: Equatable, Sendable {
        case valid
        case missing
        case badSignature
        case tooOld
    }
    /// None where the secret is too short or no base 64: then nothing is valid.
    private let key: [UInt8]?

    init(secret: Secret) {
        key = WebhookKey.key(of: secret)
    }

    func verify(id: String?, timestamp: String?, signatures: String?, body: [UInt8], now: Instant) -> Verdict {
        let headers = Headers(id: id, timestamp: timestamp, signatures: signatures)
        let verdict = check(headers, now: now)
        return verdict == .valid ? verify(headers, body: body) : verdict
    }

    /// What a call shows before its body.
    struct Headers: Sendable {
        var id: String?
        var timestamp: String?
        var signatures: String?
    }

    /// `valid` when nothing but the signature itself can still be wrong: all that can be said without the body.
    func check(_ headers: Headers, now: Instant) -> Verdict {
        guard let id = headers.id, !id.isEmpty, id.utf8.count <= Self.idLimit, let timestamp = headers.timestamp,
            let seconds = Int64(timestamp), seconds >= 0, seconds < 1 << 40
        else { return .missing }
        guard key != nil, !signatures(headers).isEmpty else {
            return headers.signatures == nil ? .missing : .badSignature
        }
        let distance = now - Instant(microseconds: seconds * 1_000_000)
        return abs(distance.microseconds) <= Self.window.microseconds ? .valid : .tooOld
    }

    /// Of headers that `check` found valid.
    func verify(_ headers: Headers, body: [UInt8]) -> Verdict {
        guard let id = headers.id, let timestamp = headers.timestamp else { return .missing }
        guard let expected = signature(id: id, timestamp: timestamp, body: body) else { return .badSignature }
        var isValid = false
        for given in signatures(headers) where ConstantTime.equal(given, expected) { isValid = true }
        return isValid ? .valid : .badSignature
    }

    /// Those that can be one.
    private func signatures(_ headers: Headers) -> [[UInt8]] {
        (headers.signatures ?? "").split(separator: " ").prefix(Self.signatureLimit)
            .filter { $0.hasPrefix("v1,") && $0.utf8.count < 100 }
            .compactMap { Data(base64Encoded: String($0.dropFirst(3))).map(Array.init) }
            .filter { $0.count == SHA256.byteCount }
    }

    func signature(id: String, timestamp: String, body: [UInt8]) -> [UInt8]? {
        key.map { Self.signature($0, id: id, timestamp: timestamp, body: body) }
    }

    static func signature(_ key: [UInt8], id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        var mac = HMAC<SHA256>(key: SymmetricKey(data: key))
        mac.update(data: Data("\(id).\(timestamp).".utf8))
        mac.update(data: body)
        return Array(mac.finalize())
    }
}
