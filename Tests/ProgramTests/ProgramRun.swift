// Runs the real binary in a folder of its own and hands back what it said.

import Foundation
import Glibc
import Testing

/// What came of one run.
struct ProgramRun: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// Each line of standard output as a JSON object.
    func objects() throws -> [[String: any Sendable]] {
        try output.split(separator: "\n").map { line in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(value as? [String: any Sendable])
        }
    }
}

/// A folder that the program runs in; removed with the value.
final class ProgramFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "deskbridge-\(UUID().uuidString)")
            .path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its full path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let url = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path(percentEncoded: false)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    /// Beside the test program, where the build puts it.
    static let binary: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: "deskbridge").path(percentEncoded: false)
    }()

    /// Runs to the end. Standard input is empty unless given.
    func run(
        _ arguments: String..., input: String = "", environment: [String: String] = [:]
    ) async throws -> ProgramRun {
        try await run(arguments, input: input, environment: environment)
    }

    func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) async throws -> ProgramRun
    {
        let number = UUID().uuidString
        let names = ["in", "out", "err"].map { "\(path)/.\(number).\($0)" }
        _ = FileManager.default.createFile(atPath: names[0], contents: Data(input.utf8))
        let process = try start(arguments, names: names, environment: environment)
        await process.ended()
        defer { for name in names { try? FileManager.default.removeItem(atPath: name) } }
        return ProgramRun(
            status: process.status, output: try String(contentsOfFile: names[1], encoding: .utf8),
            errors: try String(contentsOfFile: names[2], encoding: .utf8))
    }

    /// Starts `serve` or the like; its words stand in `NAME.out` and `NAME.err`.
    func start(_ arguments: String..., name: String, environment: [String: String] = [:]) throws -> RunningProgram {
        _ = FileManager.default.createFile(atPath: "\(path)/\(name).in", contents: nil)
        return try start(
            arguments, names: ["in", "out", "err"].map { "\(path)/\(name).\($0)" }, environment: environment)
    }

    private func start(
        _ arguments: [String], names: [String], environment: [String: String]
    ) throws -> RunningProgram {
        for name in names.dropFirst() { try Data().write(to: URL(filePath: name)) }
        let process = Process()
        process.executableURL = URL(filePath: Self.binary)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: path)
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": path].merging(environment) { $1 }
        process.standardInput = FileHandle(forReadingAtPath: names[0])
        process.standardOutput = FileHandle(forWritingAtPath: names[1])
        process.standardError = FileHandle(forWritingAtPath: names[2])
        return try RunningProgram(process)
    }
}

/// A started program. `Process` is used from one place at a time: it is started in `init`, and afterwards only asked.
final class RunningProgram: @unchecked Sendable {
    private let process: Process
    private let end: AsyncStream<Void>

    init(_ process: Process) throws {
        self.process = process
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        end = stream
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    var status: Int32 { process.terminationStatus }
    var isRunning: Bool { process.isRunning }

    func terminate() { process.terminate() }

    /// As a crash would end it.
    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    func ended() async { for await _ in end {} }
}

/// Looks again and again until `condition` holds; false after `seconds`.
func eventually(within seconds: Double = 60, _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return try await condition()
}
