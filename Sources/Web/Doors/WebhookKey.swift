// The key of a webhook's secret, and what is wrong with a secret that makes none.

package import Correspondence
import Foundation

/// `whsec_` and base 64, as Standard Webhooks writes secrets; any other text is the key's bytes as they stand.
package enum WebhookKey {
    /// The specification's lower bound: whoever guesses the key writes mail in any customer's name.
    package static let shortest = 24
    static let prefix = "whsec_"

    /// What is wrong and what to do, for whoever wrote the settings; nil when it makes a key.
    package static func fault(of secret: Secret) -> String? {
        let remedy = "make one with: echo \(prefix)$(openssl rand -base64 32)"
        guard let bytes = bytes(of: secret) else { return "what follows \(prefix) is no base64; \(remedy)" }
        guard bytes.count >= shortest else {
            return "a webhook's secret needs at least \(shortest) bytes after decoding; \(remedy)"
        }
        return nil
    }

    /// nil for a secret with a fault: it verifies nothing.
    static func key(of secret: Secret) -> [UInt8]? { fault(of: secret) == nil ? bytes(of: secret) : nil }

    private static func bytes(of secret: Secret) -> [UInt8]? {
        let text = secret.revealed
        guard text.hasPrefix(prefix) else { return Array(text.utf8) }
        return Data(base64Encoded: String(text.dropFirst(prefix.count))).map(Array.init)
    }
}
