// Whether the pages' port can be listened on, found out before anything is opened for it.

import Correspondence
import Dispatch
import Foundation
import Glibc

/// Listens and lets go again. Somebody may take the port right after; then the web server says so itself.
enum ListenTrial {
    static func run(_ address: ListenAddress) async throws(Complaint) {
        // Names are looked up on a thread of its own: that blocks.
        let problem: Complaint? = await withCheckedContinuation { continuation in
            DispatchQueue(label: "deskbridge.listen").async { continuation.resume(returning: attempt(address)) }
        }
        if let problem { throw problem }
    }

    /// Whether nobody listens there on this machine.
    static func isFree(_ port: Int) -> Bool { attempt(ListenAddress(host: "127.0.0.1", port: port)) == nil }

    private static func attempt(_ address: ListenAddress) -> Complaint? {
        func complaint(_ reason: String) -> Complaint {
            Complaint(
                .unavailable,
                "\(address.host):\(address.port): \(reason); choose another web.listen, or stop what listens there")
        }
        var wish = addrinfo()
        wish.ai_socktype = Int32(SOCK_STREAM.rawValue)
        wish.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let outcome = getaddrinfo(address.host, String(address.port), &wish, &found)
        guard outcome == 0, let first = found else {
            return complaint("there is no such host: \(String(cString: gai_strerror(outcome)))")
        }
        defer { freeaddrinfo(found) }
        let socket = Glibc.socket(
            first.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return complaint(String(cString: strerror(errno))) }
        defer { close(socket) }
        // As a server does it: what is left of former connections is no hindrance, whoever listens is.
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(socket, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0, listen(socket, 1) == 0 else {
            return complaint(String(cString: strerror(errno)))
        }
        return nil
    }
}
