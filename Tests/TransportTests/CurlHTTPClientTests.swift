// HTTP calls against a scripted server: answers, limits, time-outs, cancellation.

import Correspondence
import Rehearsal
import TestSupport
import Testing
import Transport

struct CurlHTTPClientTests {
    private let client = CurlHTTPClient()

    private func answering(_ text: String) throws -> ScriptedServer {
        try ScriptedServer { peer in
            while true {
                var length = 0
                while true {
                    let line = try peer.hearLine()
                    if line.isEmpty { break }
                    if line.lowercased().hasPrefix("content-length:") {
                        length = Int(line.split(separator: " ")[1]) ?? 0
                    }
                }
                for _ in 0..<length { try peer.hear(until: Array("!".utf8)) }
                try peer.say(text)
            }
        }
    }

    private func code(_ call: HTTPCall) async -> HTTPClientError.Code? {
        do throws(HTTPClientError) {
            _ = try await client.send(call)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `An answer of any status is an answer, and a redirect is not followed`() async throws {
        let server = try answering(
            "HTTP/1.1 302 Found\r\nLocation: /there\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 3\r\n\r\nabc")
        let answer = try await client.send(HTTPCall(url: "http://127.0.0.1:\(server.port)/here"))
        #expect(answer.status == 302)
        #expect(answer.body == Array("abc".utf8))
        #expect(answer.headers.filter { $0.name == "x-a" }.map(\.value) == ["1", "2"])
        #expect(server.heard.filter { $0.hasPrefix("GET") }.count == 1)
    }

    @Test func `Method, headers and body go out as given, and the connection is used again`() async throws {
        let server = try answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        // An engine of its own: the shared one keeps a limited number of connections for all tests.
        let client = CurlHTTPClient(engine: CurlEngine())
        for _ in 1...3 {
            let call = HTTPCall(
                method: "POST", url: "http://127.0.0.1:\(server.port)/v1?x=1",
                headers: [(name: "Content-Type", value: "application/json"), (name: "X-Key", value: "k")],
                body: Array("!!!".utf8))
            #expect(try await client.send(call).status == 200)
        }
        #expect(server.connections == 1)
        #expect(server.heard.contains("POST /v1?x=1 HTTP/1.1"))
        #expect(server.heard.contains("Content-Type: application/json"))
        #expect(server.heard.contains("X-Key: k"))
        #expect(server.heard.contains("Content-Length: 3"))
        #expect(!server.heard.contains { $0.hasPrefix("Expect") })
    }

    @Test func `An answer beyond the limit is too large, announced or not`() async throws {
        let announced = try answering("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n")
        #expect(await code(HTTPCall(url: "http://127.0.0.1:\(announced.port)/", answerLimit: 1000)) == .tooLarge)
        let endless = try ScriptedServer { peer in
            try peer.hear(until: Array("\r\n\r\n".utf8))
            try peer.say("HTTP/1.1 200 OK\r\n\r\n")
            while true { try peer.say([UInt8](repeating: 65, count: 10000)) }
        }
        #expect(await code(HTTPCall(url: "http://127.0.0.1:\(endless.port)/", answerLimit: 50000)) == .tooLarge)
    }

    @Test func `Faults have their names`() async throws {
        let silent = try ScriptedServer { try $0.hold() }
        let cut = try ScriptedServer { peer in
            try peer.hear(until: Array("\r\n\r\n".utf8))
            try peer.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        }
        // A port that nobody else is given while the test lasts, unlike that of a server which has just stopped.
        let free = try LoopbackPort.free()
        defer { LoopbackPort.release(free) }
        let base = "http://127.0.0.1"
        #expect(await code(HTTPCall(url: "\(base):\(silent.port)/", timeout: .milliseconds(300))) == .timedOut)
        #expect(await code(HTTPCall(url: "\(base):\(cut.port)/")) == .cutOff)
        #expect(await code(HTTPCall(url: "\(base):\(free)/")) == .refused)
        #expect(await code(HTTPCall(url: "http://no-such-host.invalid/")) == .unknownHost)
        #expect(await code(HTTPCall(url: "https://127.0.0.1:\(cut.port)/", connectTimeout: .milliseconds(500))) != nil)
        #expect(await code(HTTPCall(url: "file:///etc/passwd")) == .badRequest)
        #expect(await code(HTTPCall(url: "\(base)/a\r\nb")) == .badRequest)
        #expect(await code(HTTPCall(method: "GET /\r\n", url: base)) == .badRequest)
        #expect(await code(HTTPCall(url: base, headers: [(name: "A", value: "b\r\nC: d")])) == .badRequest)
    }

    @Test func `Cancelling the task ends the call at once`() async throws {
        let silent = try ScriptedServer { try $0.hold() }
        let call = HTTPCall(url: "http://127.0.0.1:\(silent.port)/")
        let task = Task { await code(call) }
        let deadline = ContinuousClock.now + .seconds(5)
        while silent.connections == 0, .now < deadline { await Task.yield() }
        let begin = ContinuousClock.now
        task.cancel()
        #expect(await task.value == .cancelled)
        // Uncancelled it would wait for two minutes.
        #expect(begin.duration(to: .now) < .seconds(20))
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await code(call)
        }
        #expect(await early.value == .cancelled)
    }

    @Test func `A hundred calls at once end, each with its own answer`() async throws {
        let server = try ScriptedServer { peer in
            while true {
                let first = try peer.hearLine()
                while try !peer.hearLine().isEmpty {}
                let path = first.split(separator: " ")[1]
                try peer.say("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
            }
        }
        let client = client
        let right = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 1...100 {
                group.addTask {
                    let answer = try await client.send(HTTPCall(url: "http://127.0.0.1:\(server.port)/\(number)"))
                    return answer.body == Array("/\(number)".utf8)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(right == 100)
    }
}
