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
    private let key: SymmetricKey

    /// `whsec_` and base 64; anything else is the key's bytes as they stand.
    init(secret: Secret) {
        let text = secret.revealed
        let prefix = "whsec_"
        if text.hasPrefix(prefix), let data = Data(base64Encoded: String(text.dropFirst(prefix.count))) {
            key = SymmetricKey(data: data)
        } else {
            key = SymmetricKey(data: Data(text.utf8))
        }
    }

    func verify(id: String?, timestamp: String?, signatures: String?, body: [UInt8], now: Instant) -> Verdict {
        guard let id, !id.isEmpty, id.utf8.count <= Self.idLimit, let timestamp, let signatures,
            let seconds = Int64(timestamp), seconds >= 0, seconds < 1 << 40
        else { return .missing }
        let expected = signature(id: id, timestamp: timestamp, body: body)
        var isValid = false
        for part in signatures.split(separator: " ").prefix(Self.signatureLimit) where part.hasPrefix("v1,") {
            guard let given = Data(base64Encoded: String(part.dropFirst(3))) else { continue }
            if ConstantTime.equal(Array(given), expected) { isValid = true }
        }
        guard isValid else { return .badSignature }
        let distance = now - Instant(microseconds: seconds * 1_000_000)
        return abs(distance.microseconds) <= Self.window.microseconds ? .valid : .tooOld
    }

    func signature(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        var mac = HMAC<SHA256>(key: key)
        mac.update(data: Data("\(id).\(timestamp).".utf8))
        mac.update(data: body)
        return Array(mac.finalize())
    }
}
