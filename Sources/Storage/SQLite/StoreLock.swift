// One process a database: a lock beside the file, held as long as the process lives.

import Correspondence
import Foundation

/// `flock` on `FILE.lock`: the kernel gives it up when the process dies, so nothing stale is left. The file stays, for
/// removing it would let two processes lock two files of one name.
final class StoreLock: Sendable {
    private let descriptor: Int32

    init(database path: String) throws(StoreError) {
        let name = path + ".lock"
        let descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw StoreError(
                errno == EROFS || errno == EACCES ? .readOnly : .unavailable,
                detail: "\(name) cannot be opened: \(reason). The folder must exist and be writable for this user.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            Foundation.close(descriptor)
            throw StoreError(
                .locked,
                detail: """
                    \(path) is in use by another process\(holder) (lock file \(name)). Stop that process, or give this \
                    one a store of its own.
                    """)
        }
        ftruncate(descriptor, 0)
        let line = Array("\(getpid())\n".utf8)
        // Only for people who look: a short write harms nothing.
        _ = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Lets others in; the file stays.
    func unlock() { flock(descriptor, LOCK_UN) }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return "" }
        let digits = bytes.prefix(count).prefix { (48...57).contains($0) }
        return digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
    }
}
