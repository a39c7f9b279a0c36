// The files of one mailbox, read and written without asking the server.

package import Foundation
import Glibc

/// One mail as it lies in a mailbox.
package struct StoredMail: Hashable, Sendable {
    package let bytes: [UInt8]
    /// Maildir's letters: S seen, R replied, F flagged, T trashed, D draft.
    package let flags: Set<Character>
    /// Its INTERNALDATE.
    package let received: Date
    package var isSeen: Bool { flags.contains("S") }
}

/// Blocking; for one queue.
struct Maildir: Sendable {
    let home: String
    let path: String
    let account: ServiceAccount

    func fill(with mails: [[UInt8]], received: Date?) throws {
        try PrivateFolder.make(home, for: account)
        for folder in [path, "\(path)/tmp", "\(path)/new", "\(path)/cur"] {
            try PrivateFolder.make(folder, for: account)
        }
        // Names sort by their time and then by their number, which is the order in which Dovecot gives out UIDs.
        let now = Date().timeIntervalSince1970
        let seconds = Int(now)
        let first = Int((now - Double(seconds)) * 1_000_000)
        let batch = String(UInt64.random(in: .min ... .max), radix: 36)
        for (number, mail) in mails.enumerated() {
            let count = first + number
            let name =
                "\(seconds + count / 1_000_000).M\(padded(count % 1_000_000))P\(getpid())Q\(batch).rehearsal,S=\(mail.count)"
            let draft = "\(path)/tmp/\(name)"
            try write(mail, to: draft)
            if let received { setTime(received, of: draft) }
            guard rename(draft, "\(path)/new/\(name)") == 0 else {
                throw PrivateFolder.problem(draft, "move it to new")
            }
        }
    }

    private func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    private func write(_ mail: [UInt8], to file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PrivateFolder.problem(file, "make it") }
        defer { close(descriptor) }
        var written = 0
        while written < mail.count {
            let count = mail.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), mail.count - written)
            }
            guard count > 0 else { throw PrivateFolder.problem(file, "write it") }
            written += count
        }
        if ServiceAccount.weAreRoot, fchown(descriptor, account.uid, account.gid) != 0 {
            throw PrivateFolder.problem(file, "give it to \(account.name)")
        }
    }

    private func setTime(_ date: Date, of file: String) {
        let time = timespec(tv_sec: Int(date.timeIntervalSince1970), tv_nsec: 0)
        var times = (time, time)
        withUnsafePointer(to: &times) {
            $0.withMemoryRebound(to: timespec.self, capacity: 2) { _ = utimensat(AT_FDCWD, file, $0, 0) }
        }
    }

    /// A mail may be moved from `new` to `cur`, or given another flag, while we read: its file then has another name.
    /// The look is repeated until no file has gone away under it.
    func mails() throws -> [StoredMail] {
        for _ in 0..<50 {
            if let mails = try look() { return mails }
        }
        throw RehearsalFailure(.notInTime, "\(path) kept changing while it was read")
    }

    private func look() throws -> [StoredMail]? {
        var found: [(name: String, mail: StoredMail)] = []
        for folder in ["new", "cur"] {
            let place = "\(path)/\(folder)"
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else { continue }  // absent
            for name in names {
                var status = stat()
                guard stat("\(place)/\(name)", &status) == 0,
                    let bytes = FileManager.default.contents(atPath: "\(place)/\(name)")
                else { return nil }
                let parts = name.split(separator: ":2,", maxSplits: 1, omittingEmptySubsequences: false)
                let mail = StoredMail(
                    bytes: Array(bytes), flags: parts.count > 1 ? Set(parts[1]) : [],
                    received: Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec)))
                found.append((String(parts[0]), mail))
            }
        }
        // A file that moved from `new` to `cur` between the two listings shows up twice or not at all; twice is seen.
        guard Set(found.map(\.name)).count == found.count else { return nil }
        return found.sorted { order($0.name).lexicographicallyPrecedes(order($1.name)) }.map(\.mail)
    }

    private func order(_ name: String) -> [Int] {
        let fields = name.split(separator: ".", maxSplits: 2)
        let seconds = fields.first.flatMap { Int($0) } ?? 0
        let micro = fields.count > 1 ? fields[1].drop { $0 != "M" }.dropFirst().prefix { $0.isNumber } : ""
        let delivery = fields.count > 1 ? fields[1].drop { $0 != "Q" }.dropFirst().prefix { $0.isNumber } : ""
        return [seconds, Int(micro) ?? 0, Int(delivery) ?? 0]
    }
}
