// What may go wrong with a store, whichever engine keeps it.

package struct StoreError: Failure {
    package enum Code: String, Sendable {
        /// Cannot be reached, busy, or lost the connection.
        case unavailable
        /// No room on the disk. Nothing was lost: what was not acknowledged was not taken.
        case full
        case readOnly
        /// Another process holds it.
        case locked
        case notFound
        /// The row changed since it was read, or the lease ran out: somebody else goes on with it.
        case stale
        /// The call itself makes no sense (a ticket that is closed cannot be closed).
        case invalid
        /// The file or the schema is not ours, too new, or damaged.
        case damaged
        case other
    }
    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    package var isTemporary: Bool { code == .unavailable || code == .full || code == .stale || code == .locked }
    package var publicText: String {
        switch code {
        case .notFound: "there is no such record"
        case .stale: "somebody else changed it meanwhile"
        case .invalid: "that cannot be done"
        default: "the store cannot do this right now"
        }
    }
}

/// The right to work on something until it runs out. Every call that ends the work names `fence`; a late worker's call
/// throws `stale` and changes nothing.
package struct Lease<Item: Sendable>: Sendable {
    package var work: String
    package var fence: Int64
    /// How often this work was claimed before, without an end.
    package var attempts: Int
    package var item: Item

    package init(work: String, fence: Int64, attempts: Int, item: Item) {
        self.work = work
        self.fence = fence
        self.attempts = attempts
        self.item = item
    }
}

/// How long a lease holds unless it is renewed.
package let leaseDuration = Duration.seconds(30)

package enum WorkKind: String, Sendable, CaseIterable {
    /// An arrival to read and file.
    case read
    /// A conversation whose messages wait for an answer or a ticket.
    case draft
    /// An outbox row to deliver to a customer.
    case deliver
    /// A ticket that agents are to be told of.
    case tell
    /// An outbox row for agents and admins: delivered after what customers wait for.
    case notify
}
