// The end of a stop that takes too long: a mail server may take ten minutes to answer a mail.

import Correspondence
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// A dialogue with a mail server cannot be broken off without doubt about what became of its mail, and nobody who stops
/// a program waits for it. Its row stands in the store as being sent: the next start sends it again, marked in doubt.
final class StopLimit: Service {
    let stopWithin: Duration
    let endWithin: Duration
    let logger: Logger
    private let end = Mutex<Task<Void, Never>?>(nil)

    init(stopWithin: Duration, endWithin: Duration, logger: Logger) {
        self.stopWithin = stopWithin
        self.endWithin = endWithin
        self.logger = logger
    }

    func run() async throws {
        var limit = stopWithin + endWithin
        var status: Int32 = 0
        do {
            try await gracefulShutdown()
        } catch {
            // A service failed, and the others are cancelled.
            limit = endWithin
            status = ExitStatus.software.rawValue
        }
        let task = Task.detached { [logger, limit, status] in
            do {
                try await Task.sleep(for: limit)
            } catch {
                return
            }
            logger.error("the stop takes too long: mails that are being sent are left in doubt to the next start")
            Foundation.exit(status)
        }
        end.withLock { $0 = task }
    }

    /// Everything has ended in time.
    func isOver() { end.withLock { $0 }?.cancel() }
}
