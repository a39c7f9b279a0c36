// A child that is run to its end: what it said and how it ended.

import Foundation
import Glibc

package struct FinishedProcess: Sendable {
    package let ending: WatchedProcess.Ending
    package let output: String

    /// How much of the output is kept; helper programs that say more have their tail cut off.
    package static let outputLimit = 1 << 20

    /// Runs the command, waits at most `deadline`, and gives its words (standard output and error together).
    ///
    /// Throws `failed` with the words when it ended with an error, `notInTime` when it had to be killed.
    @discardableResult
    package static func run(_ command: ChildCommand, within deadline: Duration = .seconds(60)) async throws
        -> FinishedProcess
    {
        let finished = try await runToAnyEnd(command, within: deadline)
        guard finished.ending == .exited(0) else {
            let words = finished.output.suffix(2_000).trimmingCharacters(in: .whitespacesAndNewlines)
            throw RehearsalFailure(.failed, "\(command.executable) ended with \(finished.ending): \(words)")
        }
        return finished
    }

    /// As `run`, but an ending with an error is a result.
    package static func runToAnyEnd(_ command: ChildCommand, within deadline: Duration = .seconds(60)) async throws
        -> FinishedProcess
    {
        let file = PrivateFolder.temporaryFile("words")
        defer { unlink(file) }
        var command = command
        let keepsWords = command.output == nil
        if keepsWords { command.output = file }
        let process = WatchedProcess(command)
        try await process.start()
        let watch = Task {
            try await Task.sleep(for: deadline)
            await process.kill()
            return true
        }
        let ending = await process.ended()
        watch.cancel()
        if (try? await watch.value) == true {  // cancelled: it ended by itself
            throw RehearsalFailure(.notInTime, "\(command.executable) took longer than \(deadline) and was ended")
        }
        guard keepsWords else { return FinishedProcess(ending: ending, output: "") }
        let bytes = try await offThePool {
            guard let handle = FileHandle(forReadingAtPath: file) else { return Data() }
            defer { try? handle.close() }  // read only: nothing to lose
            return try handle.read(upToCount: outputLimit) ?? Data()
        }
        return FinishedProcess(ending: ending, output: String(decoding: bytes, as: UTF8.self))
    }
}
