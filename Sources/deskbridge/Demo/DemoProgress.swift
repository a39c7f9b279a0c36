// What the tasks of one demo tell each other.

import Synchronization

final class DemoProgress: Sendable {
    private let written = Mutex(0)
    private let ending = Mutex<Result<DemoCounts, any Error>?>(nil)

    /// Mails the servers have taken.
    var sent: Int {
        get { written.withLock { $0 } }
        set { written.withLock { $0 = newValue } }
    }

    /// nil while the demo plays.
    var outcome: Result<DemoCounts, any Error>? {
        get { ending.withLock { $0 } }
        set { ending.withLock { $0 = newValue } }
    }
}
