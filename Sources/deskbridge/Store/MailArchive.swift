// Mails one after another out of mbox files, Maildirs and .eml files, with steady memory.

import Foundation
import Synchronization

/// An mbox is told by its first five bytes, `From `; each later line `From ` behind an empty line begins the next mail,
/// and one `>` is taken from lines `>From ` (mboxrd). A folder with `cur` or `new` is a Maildir; any other folder gives
/// its .eml files.
final class MailArchive: Sendable {
    /// A batch holds this many mails or bytes, whichever is reached first.
    static let batchCount = 200
    static let batchBytes = 4_000_000

    private struct State: Sendable {
        var files: [String]
        var mbox: MboxReader?
        var problems: [String] = []
    }
    private let state: Mutex<State>
    private let sizeLimit: Int
    private let queue = DispatchQueue(label: "deskbridge.import")

    /// Throws where a path does not exist.
    init(_ paths: [String], sizeLimit: Int) throws(Complaint) {
        self.sizeLimit = sizeLimit
        var files: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Complaint(.noInput, "\(path): there is no such file or folder")
            }
            files += isFolder.boolValue ? Self.mails(in: path) : [path]
        }
        state = Mutex(State(files: files.reversed()))
    }

    var problems: [String] { state.withLock { $0.problems } }

    /// The next mails; empty at the end. Reads on a queue of its own: disks block.
    func next() async -> [[UInt8]] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.batch()) }
        }
    }

    private func batch() -> [[UInt8]] {
        state.withLock { state in
            var mails: [[UInt8]] = []
            var bytes = 0
            while mails.count < Self.batchCount, bytes < Self.batchBytes, let mail = one(&state) {
                bytes += mail.count
                mails.append(mail)
            }
            return mails
        }
    }

    private func one(_ state: inout State) -> [UInt8]? {
        while true {
            if let mbox = state.mbox {
                switch mbox.next() {
                case .mail(let mail): return mail
                case .tooLarge(let number):
                    state.problems.append(
                        "\(mbox.path): mail \(number) is larger than \(sizeLimit) bytes (limits.message-size)")
                case .end: state.mbox = nil
                }
                continue
            }
            guard let path = state.files.popLast() else { return nil }
            if let mbox = MboxReader(path, sizeLimit: sizeLimit) {
                state.mbox = mbox
                continue
            }
            switch FileInput(path).content {
            case .failure(let reason): state.problems.append("\(path): \(reason.text)")
            case .success(let mail) where mail.count > sizeLimit:
                state.problems.append("\(path): larger than \(sizeLimit) bytes (limits.message-size)")
            case .success(let mail) where mail.isEmpty: state.problems.append("\(path): is empty")
            case .success(let mail): return mail
            }
        }
    }

    private static func mails(in folder: String) -> [String] {
        let maildir = ["cur", "new"].map { "\(folder)/\($0)" }.filter { FileManager.default.fileExists(atPath: $0) }
        func names(_ folder: String) -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted().filter { !$0.hasPrefix(".") } ?? []
        }
        if !maildir.isEmpty { return maildir.flatMap { part in names(part).map { "\(part)/\($0)" } } }
        return names(folder).flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                return mails(in: path)
            }
            return name.hasSuffix(".eml") ? [path] : []
        }
    }
}

/// One mbox file. Used from one queue only, inside the archive's lock.
final class MboxReader: @unchecked Sendable {
    // Its state is touched only by `next`, which the archive calls under its lock.
    enum Step {
        case mail([UInt8])
        case tooLarge(number: Int)
        case end
    }
    let path: String
    private let sizeLimit: Int
    private let file: UnsafeMutablePointer<FILE>
    private var line: UnsafeMutablePointer<CChar>?
    private var room = 0
    private var number = 0
    /// The `From ` line of the next mail has been read.
    private var isAtMail = false

    /// nil when the file does not begin as an mbox does.
    init?(_ path: String, sizeLimit: Int) {
        guard let file = fopen(path, "re") else { return nil }
        self.path = path
        self.sizeLimit = sizeLimit
        self.file = file
        guard let first = readLine(), Self.isSeparator(first) else { return nil }
        isAtMail = true
    }

    deinit {
        free(line)
        fclose(file)
    }

    func next() -> Step {
        guard isAtMail else { return .end }
        isAtMail = false
        number += 1
        var mail: [UInt8] = []
        var isTooLarge = false
        var isBehindBlank = false
        while let line = readLine() {
            if isBehindBlank, Self.isSeparator(line) {
                isAtMail = true
                // The empty line before a separator belongs to the mbox, not to the mail.
                mail.removeLast(mail.suffix(2) == [0x0D, 0x0A] ? 2 : min(1, mail.count))
                break
            }
            isBehindBlank = line.count == 1 || (line.count == 2 && line.first == 0x0D)
            if mail.count + line.count > sizeLimit {
                isTooLarge = true
                mail.removeAll()
            }
            if !isTooLarge { mail.append(contentsOf: Self.isQuotedSeparator(line) ? line.dropFirst() : line) }
        }
        return isTooLarge ? .tooLarge(number: number) : .mail(mail)
    }

    private func readLine() -> ArraySlice<UInt8>? {
        let count = getline(&line, &room, file)
        guard count > 0, let line else { return nil }
        return UnsafeBufferPointer(start: line, count: count).withMemoryRebound(to: UInt8.self) { Array($0)[...] }
    }

    private static func isSeparator(_ line: ArraySlice<UInt8>) -> Bool { line.starts(with: "From ".utf8) }

    private static func isQuotedSeparator(_ line: ArraySlice<UInt8>) -> Bool {
        line.first == UInt8(ascii: ">") && isSeparator(line.drop { $0 == UInt8(ascii: ">") })
    }
}
