// One demo a folder: a second one is refused before it touches the first one's servers and store.

import Foundation

/// `flock` on a file beside the folder, held as long as the process lives.
final class DemoLock: Sendable {
    private let descriptor: Int32

    init(folder: String, port: Int) throws(Complaint) {
        let trimmed = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let name = trimmed + ".lock"
        try Folders.makeParent(of: name)
        let descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Complaint(.cannotCreate, "\(name) cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Complaint(
                .temporary,
                "a demo runs in \(trimmed) already: end it with Ctrl-C, or give this one --folder and --port")
        }
        self.descriptor = descriptor
        guard port == 0 || Self.isFree(port) else {
            throw Complaint(
                .unavailable, "port \(port) is taken by another program: give the demo another one by --port, 0 for any"
            )
        }
    }

    deinit { close(descriptor) }

    private static func isFree(_ port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return true }
        defer { close(socket) }
        // As a server does it: what is left of former connections is no hindrance, whoever listens is.
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
