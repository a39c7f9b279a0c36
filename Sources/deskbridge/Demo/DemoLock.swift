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
        guard port == 0 || ListenTrial.isFree(port) else {
            throw Complaint(
                .unavailable, "port \(port) is taken by another program: give the demo another one by --port, 0 for any"
            )
        }
    }

    deinit { close(descriptor) }
}
