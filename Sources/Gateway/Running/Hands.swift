// The hands of a station: how many pieces of work may be under way, and which are.

import Correspondence
import Synchronization

/// Pieces of work go on beside each other, and a hand that is free takes the next: a mail that its server does not
/// answer for ten minutes, or a model that thinks for two, holds up no other.
///
/// A lease that ran out while its work is still under way here (the store could not be asked to renew it) may be claimed
/// again by this very process. Such work is not begun twice: it goes on under the newer lease.
final class Hands: Sendable {
    private struct State {
        var fences: [String: Int64] = [:]
        /// No hand was free: more may be due than was claimed.
        var wasFull = false
    }
    private let width: Int
    private let state = Mutex(State())

    init(_ width: Int) { self.width = max(1, width) }

    var free: Int { state.withLock { max(0, width - $0.fences.count) } }

    /// Those of the claimed that are to be begun.
    func take<Item>(_ leases: [Lease<Item>]) -> [Lease<Item>] {
        state.withLock { state in
            defer { state.wasFull = state.fences.count >= width }
            return leases.filter { state.fences.updateValue($0.fence, forKey: $0.work) == nil }
        }
    }

    /// The lease that the work goes on under.
    func current<Item>(_ lease: Lease<Item>) -> Lease<Item> {
        var lease = lease
        if let fence = state.withLock({ $0.fences[lease.work] }) { lease.fence = fence }
        return lease
    }

    /// The work is done or given up. True when more may have waited for this hand.
    func end<Item>(_ lease: Lease<Item>) -> Bool {
        state.withLock { state in
            state.fences[lease.work] = nil
            return state.wasFull
        }
    }
}
