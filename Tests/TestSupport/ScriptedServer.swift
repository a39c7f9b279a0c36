// A loopback server that does what a test tells it, faults included: silence, drip, garbage, a cut at any byte.

import Foundation
import Glibc
import Synchronization

/// Every connection runs the script on a thread of its own. A thrown `Peer.Gone` (the client went away) ends a script
/// quietly. The server goes on until `stop` or the end of the test process: a test need not hold on to it.
package final class ScriptedServer: Sendable {
    package typealias Script = @Sendable (Peer) throws -> Void

    package let port: Int
    private let listener: Int32
    private let shared: Shared

    /// What all connections write down.
    fileprivate final class Shared: Sendable {
        struct State {
            var heard: [String] = []
            var sockets: [Int32: Peer] = [:]
            var connections = 0
            /// The listener's number may be another socket's once it is closed.
            var isListening = true
        }
        let state = Mutex(State())
    }

    package struct NotStarted: Error {}

    package init(_ script: @escaping Script) throws {
        signal(SIGPIPE, SIG_IGN)
        _ = Self.openFilesRaised
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw NotStarted() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard bound else {
            Glibc.close(listener)
            throw NotStarted()
        }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        let shared = Shared()
        self.shared = shared
        Thread.detachNewThread { Self.accept(listener, shared, script) }
    }

    /// Hundreds of connections have both their ends in the one test process.
    private static let openFilesRaised: Void = {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }()

    /// Nobody is let in any more, and the connections are shut.
    package func stop() {
        let peers = shared.state.withLock { state in
            if state.isListening { shutdown(listener, Int32(SHUT_RDWR)) }
            return Array(state.sockets.values)
        }
        for peer in peers { peer.shut() }
    }

    /// Lines heard on all connections, in order, without line ends.
    package var heard: [String] { shared.state.withLock { $0.heard } }
    package var connections: Int { shared.state.withLock { $0.connections } }

    private static func accept(_ listener: Int32, _ shared: Shared, _ script: @escaping Script) {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            if socket < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno == EMFILE || errno == ENFILE {
                    // Other tests hold many sockets at this moment.
                    usleep(5_000)
                    continue
                }
                shared.state.withLock { state in
                    state.isListening = false
                    Glibc.close(listener)
                }
                return
            }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            let number = shared.state.withLock { state in
                state.connections += 1
                return state.connections
            }
            let peer = Peer(socket, number: number, shared: shared)
            shared.state.withLock { $0.sockets[socket] = peer }
            Thread.detachNewThread {
                try? script(peer)
                peer.close()
            }
        }
    }

    /// One connection, used by its script's thread.
    ///
    /// @unchecked Sendable: `buffer` and `isClosed` belong to the script's thread; `shut` only calls `shutdown` on a
    /// socket that is still registered, and so not yet closed.
    package final class Peer: @unchecked Sendable {
        package struct Gone: Error {
            package init() {}
        }

        /// 1 for the first connection of the server.
        package let number: Int
        private let socket: Int32
        private let shared: Shared
        private var buffer: [UInt8] = []
        private var isClosed = false

        fileprivate init(_ socket: Int32, number: Int, shared: Shared) {
            self.socket = socket
            self.number = number
            self.shared = shared
            var on: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }

        /// Sends the text as it stands: line ends are the caller's.
        package func say(_ text: String) throws { try say(Array(text.utf8)) }

        package func say(_ bytes: [UInt8]) throws {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { write(socket, $0.baseAddress! + sent, bytes.count - sent) }
                guard count > 0 else { throw Gone() }
                sent += count
            }
        }

        /// One byte at a time.
        package func drip(_ text: String, every pause: Duration) throws {
            for byte in text.utf8 {
                try say([byte])
                Self.sleep(pause)
            }
        }

        package func pause(_ time: Duration) { Self.sleep(time) }

        /// The next line without its end, which is also written down in `heard`.
        @discardableResult
        package func hearLine() throws -> String {
            var line = try hear(until: [10])
            while let last = line.last, last == 10 || last == 13 { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            shared.state.withLock { $0.heard.append(text) }
            return text
        }

        /// An IMAP command as tag and rest.
        package func hearCommand() throws -> (tag: String, command: String) {
            let line = try hearLine()
            let space = line.firstIndex(of: " ") ?? line.endIndex
            return (String(line[..<space]), String(line[space...].dropFirst()))
        }

        /// Everything up to and with the mark.
        @discardableResult
        package func hear(until mark: [UInt8]) throws -> [UInt8] {
            var searched = 0
            while true {
                if buffer.count >= mark.count {
                    var start = max(0, searched - mark.count + 1)
                    while start + mark.count <= buffer.count {
                        if buffer[start] == mark[0], buffer[start..<(start + mark.count)].elementsEqual(mark) {
                            defer { buffer.removeFirst(start + mark.count) }
                            return Array(buffer[..<(start + mark.count)])
                        }
                        start += 1
                    }
                    searched = buffer.count
                }
                try fill()
            }
        }

        /// A request of HTTP with its whole body, by its `Content-Length`.
        package func hearRequest() throws -> (head: String, body: [UInt8]) {
            let head = String(decoding: try hear(until: Array("\r\n\r\n".utf8)), as: UTF8.self)
            let length = head.lowercased().components(separatedBy: "\r\ncontent-length:").dropFirst().first
                .flatMap { Int($0.prefix { !$0.isNewline }.trimmingCharacters(in: .whitespaces)) }
            while buffer.count < length ?? 0 { try fill() }
            defer { buffer.removeFirst(length ?? 0) }
            return (head, Array(buffer.prefix(length ?? 0)))
        }

        /// Says nothing until the client goes away.
        package func hold() throws {
            while true {
                try fill()
                buffer = []
            }
        }

        private func fill() throws {
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = read(socket, &chunk, chunk.count)
            guard count > 0 else { throw Gone() }
            buffer += chunk[..<count]
        }

        /// Closes so that the client sees a reset instead of an end.
        package func reset() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            close()
        }

        /// Ends the connection; the rest of the script fails with `Gone`.
        package func close() {
            guard !isClosed else { return }
            isClosed = true
            shared.state.withLock { _ = $0.sockets.removeValue(forKey: socket) }
            Glibc.close(socket)
        }

        fileprivate func shut() {
            shared.state.withLock { state in
                if state.sockets[socket] === self { shutdown(socket, Int32(SHUT_RDWR)) }
            }
        }

        private static func sleep(_ time: Duration) {
            let (seconds, attoseconds) = time.components
            Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) / 1e18)
        }
    }
}
