// Waiting for work: hints wake at once, a ticking clock makes up for those that were lost.

/// Runs `body` with a stream that beats once at the start, after every hint and at least every `period`. The stream
/// ends when the task is cancelled.
func withPulses<Hint: Sendable, Result: Sendable>(
    _ hints: AsyncStream<Hint>, every period: Duration, body: @escaping @Sendable (AsyncStream<Void>) async -> Result
) async -> Result? {
    let (pulses, beat) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    beat.yield()
    return await withTaskGroup(of: Result?.self) { group in
        group.addTask {
            for await _ in hints { beat.yield() }
            return nil
        }
        group.addTask {
            while !Task.isCancelled {
                // Cancellation ends the sleep and then the loop; there is nothing else to do with its error.
                try? await Task.sleep(for: period)
                beat.yield()
            }
            beat.finish()
            return nil
        }
        group.addTask { await body(pulses) }
        for await result in group {
            guard let result else { continue }
            group.cancelAll()
            return result
        }
        return nil
    }
}
