// What one sees of a build by `make`: a line a phase, and where all its words are when it fails.

import Foundation
import Testing

@Suite struct MakeTests {
    private func quietly(_ words: String) async throws -> (run: ProgramRun, log: String) {
        let folder = try ProgramFolder()
        try folder.write("build.sh", words)
        let process = Process()
        process.executableURL = repository(".ci/quietly")
        process.arguments = ["log/build.log", "/bin/sh", "build.sh"]
        process.currentDirectoryURL = URL(filePath: folder.path)
        for name in ["out", "err"] { try folder.write(name, "") }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: "\(folder.path)/out")
        process.standardError = FileHandle(forWritingAtPath: "\(folder.path)/err")
        let running = try RunningProgram(process)
        await running.ended()
        let run = ProgramRun(status: running.status, output: try folder.read("out"), errors: try folder.read("err"))
        return (run, try folder.read("log/build.log"))
    }

    @Test func `A build that works says how far it is, and nothing of warnings`() async throws {
        let (run, log) = try await quietly(
            "echo 'warning: prohibited flag(s)' >&2; echo 'Fetching https://x.example'; sleep 1.5; echo '[3/9] Compiling Web'; sleep 1.5"
        )
        #expect(run.status == 0 && run.errors.isEmpty)
        let lines = run.output.split(separator: "\n")
        #expect(lines.dropLast() == ["fetching the Swift packages it is built of ...", "compiling ..."])
        #expect(lines.last?.hasPrefix("built in ") == true)
        #expect(log.contains("prohibited flag"))
    }

    @Test func `One that fails shows the errors, names the file of all words, and keeps the exit code`() async throws {
        let (run, _) = try await quietly(
            "echo 'warning: old'; echo 'A.swift:3:1: error: no such thing'; echo 'B.swift:1:1: warning: x'; exit 3")
        #expect(run.status == 3)
        #expect(run.errors.contains("A.swift:3:1: error: no such thing") && run.errors.contains("log/build.log"))
        #expect(!(run.output + run.errors).contains("warning:"))
    }
}
