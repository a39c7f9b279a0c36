// A watched child starts, ends, is ended, and never outlives the process that started it.

import Foundation
import Glibc
import Rehearsal
import TestSupport
import Testing

struct WatchedProcessTests {
    @Test func `A child that ends by itself is reaped and says how it ended`() async throws {
        let finished = try await FinishedProcess.runToAnyEnd(
            ChildCommand("/bin/sh", ["-c", "echo words; echo more >&2; exit 7"]))
        #expect(finished.ending == .exited(7))
        #expect(finished.output == "words\nmore\n")
    }

    @Test func `TERM ends an obedient child, KILL a deaf one with all its children`() async throws {
        let obedient = WatchedProcess(ChildCommand("/bin/sleep", ["300"]))
        try await obedient.start()
        #expect(await obedient.stop() == .signalled(SIGTERM))
        let file = try TestFolder.make("deaf") + "/pids"
        var command = ChildCommand(
            "/bin/sh", ["-c", "trap '' TERM; sleep 300 & echo $! $$; while :; do sleep 300; done"])
        command.output = file
        let deaf = WatchedProcess(command)
        try await deaf.start()
        try await waitUntil("its words") { try String(contentsOfFile: file, encoding: .utf8).hasSuffix("\n") }
        let pids = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isWhitespace)
            .compactMap { pid_t($0) }
        #expect(await deaf.stop(patience: .milliseconds(100)) == .signalled(SIGKILL))
        try await waitUntil("its grandchild's end") { pids.count == 2 && pids.allSatisfy { isGone($0) } }
    }

    @Test func `A child whose parent was gone before it could ask for a death signal does not begin`() async throws {
        // The words are those of a child of ours; the shell that executes them here is somebody else.
        let file = try TestFolder.make("late") + "/ran"
        let words = try ChildCommand("/usr/bin/touch", [file]).words
        let ours = try await FinishedProcess.runToAnyEnd(ChildCommand("/usr/bin/touch", [file]))
        #expect(ours.ending == .exited(0))
        #expect(unlink(file) == 0)
        let theirs = try await FinishedProcess.runToAnyEnd(
            ChildCommand("/bin/sh", ["-c", #""$@"; exit $?"#, "sh"] + words))
        #expect(theirs.ending == .exited(1))
        #expect(access(file, F_OK) != 0)
    }

    @Test func `It can be started again, but not twice at once`() async throws {
        let process = WatchedProcess(ChildCommand("/bin/sleep", ["300"]))
        try await process.start()
        await #expect(throws: RehearsalFailure.self) { try await process.start() }
        let first = try #require(process.pid)
        await process.kill()
        #expect(process.pid == nil)
        try await process.start()
        #expect(process.pid != first)
        #expect(await process.stop() == .signalled(SIGTERM))
        #expect(await process.stop() == .signalled(SIGTERM))
    }

    @Test func `A child that takes too long is ended and reported as late`() async throws {
        await #expect {
            try await FinishedProcess.run(ChildCommand("/bin/sleep", ["300"]), within: .milliseconds(50))
        } throws: {
            ($0 as? RehearsalFailure)?.code == .notInTime
        }
    }

    @Test func `No port is given out twice, and each can be listened on`() throws {
        let ports = try (0..<200).map { _ in try LoopbackPort.free() }
        #expect(Set(ports).count == 200)
        for port in ports { LoopbackPort.release(port) }
    }
}
