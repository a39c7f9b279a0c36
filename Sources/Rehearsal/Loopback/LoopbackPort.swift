// Free TCP ports on loopback, given out so that two of our processes never get the same one.

import Foundation
import Glibc
import Synchronization

/// Asking the kernel for port 0 and closing the socket lets anybody take that port before the server does: another
/// test, or an outgoing connection, whose port comes from the same range. So ports are taken from below that range,
/// and a port that was handed out stays claimed for as long as this process lives, by an abstract unix socket that
/// bears the port's name: the kernel drops the claim when we end, however we end.
package enum LoopbackPort {
    private static let claims = Mutex<[UInt16: Int32]>([:])
    private static let range: ClosedRange<UInt16> = 12_000...(ephemeralStart() - 1)

    /// A port nobody listens on and that was given to no other process of ours.
    package static func free() throws -> UInt16 {
        for _ in 0..<500 {
            let port = UInt16.random(in: range)
            guard let claim = claim(port) else { continue }
            guard isFree(port) else {
                close(claim)
                continue
            }
            claims.withLock { $0[port] = claim }
            return port
        }
        throw RehearsalFailure(.notPossibleHere, "no free port on 127.0.0.1 within \(range)")
    }

    /// Gives a port back; only once nothing listens on it any more.
    package static func release(_ port: UInt16) {
        if let claim = claims.withLock({ $0.removeValue(forKey: port) }) { close(claim) }
    }

    private static func ephemeralStart() -> UInt16 {
        let text = (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)) ?? ""
        let first = text.split(whereSeparator: \.isWhitespace).first.flatMap { UInt16($0) } ?? 32_768
        return first > 14_000 ? first : 32_768  // a machine with a wider range keeps a small risk
    }

    private static func claim(_ port: UInt16) -> Int32? {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array("\0deskbridge-port-\(port)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
        }
        guard bound == 0 else {
            close(socket)
            return nil
        }
        return socket
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = LoopbackSocket.address(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
