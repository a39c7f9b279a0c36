// How many streams may be open at once: of one conversation's token, of one place, of visitors and in all.

import Correspondence
import HTTPTypes
import Synchronization

/// A stream holds its connection until it ends, so that without a bound one token could hold them all.
final class StreamPlaces: Sendable {
    private struct Taken {
        var all = 0
        var visitors = 0
        var of: [String: Int] = [:]
    }
    private let limits: WebSettings.StreamLimits
    private let taken = Mutex(Taken())

    init(_ limits: WebSettings.StreamLimits) { self.limits = limits }

    /// For tests.
    var count: Int { taken.withLock { $0.all } }

    static let full = Problem(
        .tooManyRequests, code: "tooMany", detail: "too many live streams are open; please come again", retryAfter: 10)

    /// A place for as long as the stream holds it; 429 when there is none. `client` is the caller's address.
    func take(for caller: Caller, from client: String) throws(Problem) -> StreamPlace {
        let (shares, isVisitor) = shares(of: caller, from: client)
        let isFree = taken.withLock { taken in
            guard taken.all < limits.all, !isVisitor || taken.visitors < limits.visitors,
                shares.allSatisfy({ taken.of[$0.name, default: 0] < $0.limit })
            else { return false }
            taken.all += 1
            if isVisitor { taken.visitors += 1 }
            for share in shares { taken.of[share.name, default: 0] += 1 }
            return true
        }
        guard isFree else { throw Self.full }
        return StreamPlace { self.give(back: shares.map { $0.name }, isVisitor: isVisitor) }
    }

    private func shares(of caller: Caller, from client: String) -> ([(name: String, limit: Int)], isVisitor: Bool) {
        switch caller {
        case .customer(let conversation):
            let address = ("address \(ProxyTrust.rateKey(client))", limits.ofPlace)
            return ([("conversation \(conversation)", limits.ofConversation), address], true)
        case .key(let key): return ([("key \(key.id)", limits.ofPlace)], false)
        case .session(let session): return ([("session \(session.hash)", limits.ofPlace)], false)
        case .nobody, .local: return ([], false)
        }
    }

    private func give(back names: [String], isVisitor: Bool) {
        taken.withLock { taken in
            taken.all -= 1
            if isVisitor { taken.visitors -= 1 }
            for name in names {
                let left = taken.of[name, default: 1] - 1
                taken.of[name] = left > 0 ? left : nil
            }
        }
    }
}

/// Free again when the stream leaves it, or when nobody holds it any more: a stream may end before it began.
final class StreamPlace: Sendable {
    private let giveBack: Mutex<(@Sendable () -> Void)?>

    init(_ giveBack: @escaping @Sendable () -> Void) { self.giveBack = Mutex(giveBack) }

    func leave() {
        let giveBack = giveBack.withLock { held in
            defer { held = nil }
            return held
        }
        giveBack?()
    }

    deinit { leave() }
}
