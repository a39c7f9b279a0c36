// Streams for one task: bytes in order, deadlines, cancellation, a peer that sends more than anybody reads.

import Correspondence
import Synchronization
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct AuthenticatedStreamTests {
    private func open(_ server: ScriptedServer) async throws -> AuthenticatedStream {
        let address = try ServerAddress("smtp://127.0.0.1:\(server.port)")
        return try await AuthenticatedStream.open(StreamTarget(address: address, login: .none, tls: .off))
    }

    private func serving(_ script: @escaping ScriptedServer.Script) throws -> ScriptedServer {
        try ScriptedServer { peer in
            try peer.say("220 x\r\n")
            try peer.hearLine()
            try peer.say("250 x\r\n")
            try script(peer)
        }
    }

    @Test func `Bytes come in order and whole, also when the reader is slow`() async throws {
        let pattern = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let server = try serving { peer in
            try peer.hearLine()
            for _ in 1...8 { try peer.say(pattern) }
            try peer.hold()
        }
        let stream = try await open(server)
        stream.send(Array("go\r\n".utf8))
        var received: [UInt8] = []
        var isFirst = true
        while received.count < pattern.count * 8 {
            received += try await stream.receive(within: .seconds(10))
            // The peer goes on writing meanwhile, until the buffers between us are full.
            if isFirst { try await Task.sleep(for: .milliseconds(200)) }
            isFirst = false
        }
        #expect(received == (1...8).flatMap { _ in pattern })
    }

    @Test func `Much is sent through a small window`() async throws {
        let heard = Atomic<Int>(0)
        let server = try serving { peer in
            peer.pause(.milliseconds(200))
            let bytes = try peer.hear(until: Array("END".utf8))
            heard.store(bytes.count, ordering: .relaxed)
            try peer.say("thanks")
            try peer.hold()
        }
        let stream = try await open(server)
        let part = [UInt8](repeating: 65, count: 3_000_000)
        for _ in 1...4 { stream.send(part) }
        stream.send(Array("END".utf8))
        #expect(try await stream.receive(within: .seconds(30)) == Array("thanks".utf8))
        #expect(heard.load(ordering: .relaxed) == 12_000_003)
    }

    @Test func `A deadline that passes leaves the stream usable, an end does not`() async throws {
        let server = try serving { peer in
            try peer.hearLine()
            try peer.say("late")
            try peer.hearLine()
        }
        let stream = try await open(server)
        await #expect { _ = try await stream.receive(within: .milliseconds(50)) } throws: {
            ($0 as? StreamError)?.code == .timedOut
        }
        stream.send(Array("one\r\n".utf8))
        #expect(try await stream.receive(within: .seconds(5)) == Array("late".utf8))
        stream.send(Array("two\r\n".utf8))
        for _ in 1...2 {
            await #expect { _ = try await stream.receive(within: .seconds(5)) } throws: {
                ($0 as? StreamError)?.code == .cutOff
            }
        }
    }

    @Test func `Cancelling ends a wait, and an attempt to connect, soon`() async throws {
        let server = try serving { try $0.hold() }
        let stream = try await open(server)
        let waiting = Task { try await stream.receive(within: .seconds(60)) }
        waiting.cancel()
        let begin = ContinuousClock.now
        #expect((await waiting.result.failure as? StreamError)?.code == .cancelled)
        let mute = try ScriptedServer { try $0.hold() }
        let connecting = Task { try await open(mute) }
        while mute.connections == 0 { await Task.yield() }
        connecting.cancel()
        #expect((await connecting.result.failure as? StreamError)?.code == .cancelled)
        #expect(begin.duration(to: .now) < .seconds(20))
    }

    @Test func `A stream that is closed or forgotten leaves nothing behind`() async throws {
        let ended = Mutex(0)
        let server = try serving { peer in
            defer { ended.withLock { $0 += 1 } }
            try peer.hold()
        }
        for number in 1...100 {
            let stream = try await open(server)
            if number.isMultiple(of: 2) { stream.close(saying: Array("QUIT\r\n".utf8)) }
        }
        let deadline = ContinuousClock.now + .seconds(30)
        while ended.withLock({ $0 }) < 100, .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(ended.withLock { $0 } == 100)
    }

    @Test(arguments: [
        "imap.acme.example", "http://x/", "imaps://", "imaps://user:pw@host/", "imaps://host/a b", "",
        "smtp://ho st:25",
    ])
    func `What is no mail server's address is refused`(_ url: String) {
        #expect(throws: StreamError.self) { try ServerAddress(url) }
    }

    @Test func `Addresses are taken apart`() throws {
        let address = try ServerAddress("imaps://imap.acme.example:1993/Support%2FNew")
        #expect(address.service == .imap && address.hasImplicitTLS)
        #expect(address.host == "imap.acme.example" && address.port == 1993)
        #expect(address.path == "Support/New")
        #expect(address.place == "imap.acme.example:1993")
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
