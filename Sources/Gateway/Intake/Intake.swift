// Intake: bytes of every channel become ledger rows before anything else is done with them.

package import Correspondence
import Crypto

/// Takes raw mail from mailboxes, webhooks, the chat and imports. Promises: when a call returns, bytes, ledger row and
/// read work are committed, so whoever called may acknowledge. After a crash before the commit nothing is there and
/// the channel hands the mail over again; after it, the key is known and nothing is taken twice.
package struct Intake: Sendable {
    private let store: any DeskStore
    private let handover: Handover?
    private let surroundings: Surroundings

    /// Keeps only: for a process that files nothing itself.
    package init(store: any DeskStore, surroundings: Surroundings) {
        self.init(store: store, handover: nil, surroundings: surroundings)
    }

    init(store: any DeskStore, handover: Handover?, surroundings: Surroundings) {
        self.store = store
        self.handover = handover
        self.surroundings = surroundings
    }

    /// Mails without a key of their own (import): the content is the key.
    package static func contentKey(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0\(text)" : text
        }.joined()
    }

    @discardableResult
    package func accept(_ arrivals: [Arrival]) async throws(StoreError) -> [Acceptance] {
        if let handover { return try await handover.accept(arrivals, cursor: nil) }
        return try await store.accept(arrivals, cursor: nil)
    }

    /// One mail of a webhook or an import.
    package func arrival(
        _ bytes: [UInt8], channel: Channel, key: String? = nil, isHistory: Bool = false, isVouched: Bool = false
    ) -> Arrival {
        Arrival(
            id: surroundings.makeID(), channel: channel, key: key ?? Self.contentKey(bytes),
            receivedAt: surroundings.now(), bytes: bytes, isHistory: isHistory, isVouched: isVouched)
    }
}
