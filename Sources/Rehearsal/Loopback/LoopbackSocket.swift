// A blocking TCP connection to a port of this machine, with time limits; lines in, bytes out.

import Foundation
import Glibc

/// Belongs to one thread or queue at a time; every call may block.
final class LoopbackSocket {
    /// The longest line taken from a peer.
    static let lineLimit = 64 * 1024

    private let socket: Int32
    private var buffer: [UInt8] = []
    private var start = 0

    init(port: UInt16, patience seconds: Int = 30) throws {
        // Made whole before it is kept: an initialiser that throws once all is set runs `deinit` too, and a number that
        // is closed twice may by then be another thread's socket.
        socket = try Self.connected(to: port, patience: seconds)
    }

    private static func connected(to port: UInt16, patience seconds: Int) throws -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw problem("make a socket") }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = address(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let problem = problem("connect to 127.0.0.1:\(port)")
            close(socket)
            throw problem
        }
        return socket
    }

    deinit { close(socket) }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        try bytes.withUnsafeBytes { bytes in
            while sent < bytes.count {
                let count = send(
                    socket, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Self.problem("send") }
                sent += count
            }
        }
    }

    /// One line without its end; throws when the peer closes or is silent for too long.
    func line() throws -> String {
        while true {
            if let end = buffer[start...].firstIndex(of: 0x0A) {
                var line = buffer[start..<end]
                if line.last == 0x0D { line.removeLast() }
                start = end + 1
                return String(decoding: line, as: UTF8.self)
            }
            guard buffer.count - start < Self.lineLimit else {
                throw RehearsalFailure(.refused, "a line longer than \(Self.lineLimit) bytes")
            }
            buffer.removeFirst(start)
            start = 0
            try fill()
        }
    }

    private func fill() throws {
        var block = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(socket, &block, block.count, 0)
            if count < 0, errno == EINTR { continue }
            if count == 0 { throw RehearsalFailure(.notNow, "the peer closed the connection") }
            guard count > 0 else { throw Self.problem("receive") }
            buffer.append(contentsOf: block[..<count])
            return
        }
    }

    static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// The first line a server says on connecting, nil when nobody answers there yet.
    static func greeting(port: UInt16) -> String? {
        (try? LoopbackSocket(port: port, patience: 2)).flatMap { try? $0.line() }  // not yet is an answer here
    }

    private static func problem(_ what: String) -> RehearsalFailure {
        RehearsalFailure(.notNow, "could not \(what): \(String(cString: strerror(errno)))")
    }
}
