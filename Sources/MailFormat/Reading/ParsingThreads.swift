// Own threads for parsing: 8 MB of stack each, so that Swift's concurrency threads never parse and never wait.
import Glibc

/// As many threads as processors; jobs wait in one queue in the order they came. Threads end when the pool goes.
final class ParsingThreads: Sendable {
    static let stackSize = 8 << 20

    private let queue: JobQueue
    private let isEmpty: Bool

    init(count: Int = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) {
        queue = JobQueue()
        var started = 0
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        defer { attributes.deallocate() }
        for _ in 0..<count {
            pthread_attr_init(attributes)
            pthread_attr_setstacksize(attributes, Self.stackSize)
            pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
            var thread = pthread_t()
            let lent = Unmanaged.passRetained(queue)
            let failed = pthread_create(
                &thread, attributes,
                { argument in
                    guard let argument else { return nil }
                    let queue = Unmanaged<JobQueue>.fromOpaque(argument).takeRetainedValue()
                    while let job = queue.next() { job() }
                    return nil
                }, lent.toOpaque())
            if failed == 0 { started += 1 } else { lent.release() }
            pthread_attr_destroy(attributes)
        }
        isEmpty = started == 0
    }

    deinit { queue.close() }

    /// Runs `work` on one of the threads; right here where the system gave us none.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        if isEmpty { return work() }
        return await withCheckedContinuation { continuation in
            queue.add { continuation.resume(returning: work()) }
        }
    }
}

/// The queue and what its threads sleep on.
/// `@unchecked`: every touch of `jobs` and `isClosed` is between lock and unlock of the one mutex, and mutex and
/// condition are allocated once and never moved.
private final class JobQueue: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [@Sendable () -> Void] = []
    private var head = 0
    private var isClosed = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func add(_ job: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        jobs.append(job)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// The next job; nil once the queue is closed and empty.
    func next() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while head == jobs.count {
            if isClosed { return nil }
            pthread_cond_wait(condition, mutex)
        }
        let job = jobs[head]
        jobs[head] = {}
        head += 1
        if head == jobs.count || head > 1024 {
            jobs.removeFirst(head)
            head = 0
        }
        return job
    }

    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}
