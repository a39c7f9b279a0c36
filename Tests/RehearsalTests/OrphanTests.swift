// Nothing we started lives on when we are killed: played by a second run of this test program.

import Foundation
import Glibc
import Rehearsal
import TestSupport
import Testing

struct OrphanTests {
    /// Where the second run tells the pids of its children; set for that run alone.
    private static let place = ProcessInfo.processInfo.environment["REHEARSAL_ORPHANS"]

    @Test(arguments: [false, true])
    func `A killed program takes its children along, whether the kernel or a guardian tells them`(guarded: Bool)
        async throws
    {
        let file = try TestFolder.make("orphans") + "/pid"
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var command = ChildCommand(
            program, ["--testing-library", "swift-testing", "--filter", "OrphanTests/theSecondRun"])
        command.environment["REHEARSAL_ORPHANS"] = file
        command.environment["REHEARSAL_GUARDED"] = guarded ? "1" : "0"
        let run = WatchedProcess(command)
        try await run.start()
        try await waitUntil("the second run's child", within: .seconds(30)) {
            #expect(run.isRunning)
            return FileManager.default.fileExists(atPath: file)
        }
        let pid = try #require(try pid_t(String(contentsOfFile: file, encoding: .utf8)))
        #expect(!isGone(pid))
        await run.kill()
        try await waitUntil("its end") { isGone(pid) }
    }

    @Test(.enabled(if: place != nil, "only within the test above"))
    func theSecondRun() async throws {
        let place = try #require(Self.place)
        var command = ChildCommand("/bin/sleep", ["60"])
        if ProcessInfo.processInfo.environment["REHEARSAL_GUARDED"] == "1" {
            command.losesDeathSignal = true
            command.deathSignal = "CONT"  // stands for one that was lost
        }
        let child = WatchedProcess(command)
        try await child.start()
        try PrivateFolder.write(String(child.pid ?? 0).utf8, to: place)
        _ = await child.ended()
    }
}

/// Gone, or dead and waiting to be reaped by whoever inherited it.
func isGone(_ pid: pid_t) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
    return text.drop { $0 != ")" }.dropFirst(2).first == "Z"
}
