// Something that happens while a draft is being made.

import Correspondence
import Synchronization
import Testing

final class LateMail: Sendable {
    typealias Deed = @Sendable () async throws -> ArrivalID?

    private let state = Mutex<(deed: Deed?, arrival: ArrivalID?)>((nil, nil))

    func set(_ deed: @escaping Deed) { state.withLock { $0.deed = deed } }

    var arrival: ArrivalID? { state.withLock { $0.arrival } }

    func arrive() async {
        guard let deed = state.withLock({ $0.deed }) else { return }
        do {
            let arrival = try await deed()
            state.withLock { $0.arrival = arrival }
        } catch {
            Issue.record(error)
        }
    }
}
