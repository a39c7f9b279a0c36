// More than a second of processor time for a MiB is a crash, also for an input too small for libFuzzer's whole seconds.
import Glibc

enum TimeCheck {
    /// What an input of no bytes may take: the first call of each part makes its tables. The sanitizers make all work
    /// some five times slower; the factor forgives that, and no quadratic work on inputs of this size.
    private static let start = 0.25
    private static let secondsPerMiB = 5.0

    static func hold(_ size: Int, _ work: () -> Void) {
        let before = now
        work()
        let spent = now - before
        let allowed = start + Double(size) / 1_048_576 * secondsPerMiB
        if spent > allowed { fatalError("\(spent) s of processor time for \(size) bytes; \(allowed) s allowed") }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
