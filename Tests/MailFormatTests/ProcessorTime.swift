// How much processor time a piece of work takes, on a thread of its own with the reader's stack.
import Foundation

enum ProcessorTime {
    static func measure<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> (Value, Duration) {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                let start = now
                let value = work()
                continuation.resume(returning: (value, now - start))
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
