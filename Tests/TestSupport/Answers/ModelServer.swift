// A real model server on loopback: llama.cpp with a small model, as `.ci/model-peers` has fetched it.

import Foundation
package import Rehearsal

/// It speaks Chat Completions, Responses and Anthropic's Messages, and asks for `key`. What the model says is nonsense.
/// It works on one request at a time.
package final class ModelServer: Sendable {
    package static let key = "loopback-key"
    /// As it names its model.
    package static let model = "smollm2"

    package let baseURL: String
    private let process: WatchedProcess

    /// The interpreter with the packages; nil when they were not fetched, or not all.
    package static let python: String? = {
        let folder = root.appending(path: ".build/model-peers").path
        guard FileManager.default.fileExists(atPath: "\(folder)/complete") else { return nil }
        return "\(folder)/bin/python"
    }()

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// One of the Python programs in `Tests/AnsweringTests/Peers`, as a command. Throws `notInstalled`.
    package static func command(_ script: String, _ arguments: [String]) throws -> ChildCommand {
        guard let python else {
            throw RehearsalFailure(.notInstalled, "no model server is here; .ci/model-peers fetches one")
        }
        return ChildCommand(
            python, [root.appending(path: "Tests/AnsweringTests/Peers/\(script)").path] + arguments)
    }

    private init(baseURL: String, process: WatchedProcess) {
        self.baseURL = baseURL
        self.process = process
    }

    /// Starts one in `folder` and waits until its model is loaded. It ends with `stop`, or with this process.
    package static func start(in folder: String) async throws -> ModelServer {
        let file = "\(folder)/port"
        var command = try command("serve-model.py", [file, key])
        command.output = "\(folder)/model.log"
        let process = WatchedProcess(command)
        try await process.start()
        try await waitUntil("the model server to listen", within: .seconds(90)) {
            guard process.isRunning else {
                let log = FileManager.default.contents(atPath: "\(folder)/model.log") ?? Data()
                let words = String(decoding: log.suffix(1_000), as: UTF8.self)
                throw RehearsalFailure(.didNotStart, "the model server ended: \(words)")
            }
            return FileManager.default.fileExists(atPath: file)
        }
        let port = try String(contentsOfFile: file, encoding: .utf8)
        return ModelServer(baseURL: "http://127.0.0.1:\(port)", process: process)
    }

    package func stop() async { await process.stop() }
}
