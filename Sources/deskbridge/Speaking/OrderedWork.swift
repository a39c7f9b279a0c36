// Many inputs through as many workers as there are cores, the results in input order, memory bounded.

import Dispatch
import Foundation

/// Inputs are drawn on a queue of their own (drawing may block on a file or a pipe), worked on in batches by tasks, and
/// handed to `emit` in order. At most `batchesAhead` batches are in memory, so a slow input holds the rest back instead
/// of piling them up.
struct OrderedWork<Input: Sendable, Output: Sendable>: Sendable {
    /// Inputs to a task: small for files, larger for lines.
    var batch: Int
    var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

    private var batchesAhead: Int { workers * 3 }

    func run(
        _ source: some InputSource<Input>, transform: @escaping @Sendable (Input) async -> Output,
        emit: ([Output]) -> Void
    ) async {
        let drawer = Drawer(source: source, queue: DispatchQueue(label: "deskbridge.inputs"))
        await withTaskGroup(of: (Int, [Output]).self) { group in
            var drawn = 0
            var emitted = 0
            var isAtEnd = false
            var waiting: [Int: [Output]] = [:]
            while true {
                while !isAtEnd, drawn - emitted < batchesAhead {
                    let inputs = await drawer.next(batch)
                    guard !inputs.isEmpty else {
                        isAtEnd = true
                        break
                    }
                    let index = drawn
                    drawn += 1
                    group.addTask {
                        var outputs: [Output] = []
                        outputs.reserveCapacity(inputs.count)
                        for input in inputs { outputs.append(await transform(input)) }
                        return (index, outputs)
                    }
                }
                guard let (index, outputs) = await group.next() else { return }
                waiting[index] = outputs
                while let ready = waiting.removeValue(forKey: emitted) {
                    emit(ready)
                    emitted += 1
                }
            }
        }
    }

    private struct Drawer<Source: InputSource>: Sendable where Source.Input == Input {
        let source: Source
        let queue: DispatchQueue

        func next(_ count: Int) async -> [Input] {
            await withCheckedContinuation { continuation in
                queue.async {
                    var inputs: [Input] = []
                    while inputs.count < count, let input = source.next() { inputs.append(input) }
                    continuation.resume(returning: inputs)
                }
            }
        }
    }
}

/// Gives one input after another. Called from one queue only, so it needs no lock of its own.
protocol InputSource<Input>: Sendable {
    associatedtype Input: Sendable
    func next() -> Input?
}
