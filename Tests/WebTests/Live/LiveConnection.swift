// A connection to a running server: bytes out, text in until a condition holds, with a deadline.

import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import Web

/// Everything that came is kept; waiting is by condition.
final class LiveConnection: Sendable {
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let text = Mutex("")
        let isClosed = Mutex(false)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            text.withLock { $0 += String(buffer: buffer) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            isClosed.withLock { $0 = true }
        }
    }
    private let collector: Collector
    private let channel: any NIOCore.Channel

    init(port: Int) async throws {
        let collector = Collector()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(collector) }
            .connect(host: "127.0.0.1", port: port).get()
        self.collector = collector
    }

    var text: String { collector.text.withLock { $0 } }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text)).get()
    }

    func get(_ path: String, _ headers: [String] = [], host: String = "localhost") async throws {
        try await send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(headers.map { $0 + "\r\n" }.joined())\r\n")
    }

    /// Throws when `condition` does not hold within ten seconds.
    func wait(for condition: @Sendable (String) -> Bool) async throws {
        try await Self.until { condition(self.text) }
    }

    func waitForEnd() async throws {
        try await Self.until { self.collector.isClosed.withLock { $0 } }
    }

    func close() async { try? await channel.close().get() }

    static func until(_ condition: @Sendable () async -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while !(await condition()) {
            guard ContinuousClock.now < end else { throw Late() }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    struct Late: Error {}
}
