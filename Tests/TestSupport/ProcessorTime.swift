// How much processor time a piece of work took, whatever else the machine does meanwhile.

import Glibc

package enum ProcessorTime {
    /// The least of three runs, on the thread that calls. `body` must not suspend.
    package static func least(of body: () -> Void) -> Duration {
        (0..<3).map { _ in
            let start = now()
            body()
            return now() - start
        }.min() ?? .zero
    }

    /// Of one run.
    package static func once(_ body: () -> Void) -> Duration {
        let start = now()
        body()
        return now() - start
    }

    private static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
