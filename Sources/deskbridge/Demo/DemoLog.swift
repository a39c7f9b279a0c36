// The desk's log in a file of the demo's folder: a long line would tear the table on the terminal.

import Foundation
import Synchronization

/// Lines are added whole, also by a demo that goes on after a kill.
final class DemoLog: TextOutputStream, Sendable {
    let path: String
    private let descriptor: Int32
    private let count = Mutex(0)

    /// Lines written by this run.
    var lines: Int { count.withLock { $0 } }

    init(folder: String) throws(Complaint) {
        path = "\(folder)/log.txt"
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Complaint(.cannotCreate, "\(path): the file cannot be made: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        // A log that cannot be written holds nothing up.
        _ = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        count.withLock { $0 += 1 }
    }

    /// Where to look; nil while there is nothing to see.
    var words: String? { lines == 0 ? nil : "The desk's log (\(lines) \(lines == 1 ? "line" : "lines")): \(path)" }
}
