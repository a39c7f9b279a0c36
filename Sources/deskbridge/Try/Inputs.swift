// Where the inputs of `try` come from: files named on the command line, lines of a file, "-" for standard input.

import ArgumentParser
import Foundation
import Synchronization

/// A file and its bytes, or why there are none.
struct FileInput: Sendable {
    /// As given.
    var path: String
    var content: Result<[UInt8], Unreadable>

    struct Unreadable: Error, Sendable {
        var text: String
    }

    /// The largest file that is read.
    static let sizeLimit = 200_000_000

    init(_ path: String) {
        self.path = path
        content = Self.read(path)
    }

    private static func read(_ path: String) -> Result<[UInt8], Unreadable> {
        let descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(Unreadable(text: reason())) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            var count = 0
            // Filled by the kernel, not by us: thousands of small files are read in one call.
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
                count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
                filled = max(0, count)
            }
            if count == 0 { return .success(bytes) }
            if count < 0, errno != EINTR { return .failure(Unreadable(text: reason())) }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            if bytes.count > sizeLimit { return .failure(Unreadable(text: "larger than \(sizeLimit) bytes")) }
        }
    }

    private static func reason() -> String {
        switch errno {
        case ENOENT: "there is no such file"
        case EISDIR: "is a folder; name the files in it"
        case EACCES: "may not be read: check its permissions"
        default: "cannot be read: \(String(cString: strerror(errno)))"
        }
    }
}

/// Counts inputs that could not be read: all are shown, and then the program ends with 66.
final class UnreadInputs: Sendable {
    private let count = Mutex(0)

    func note(_ input: FileInput) {
        if case .failure = input.content { count.withLock { $0 += 1 } }
    }

    /// Throws where there was one. What was read and could not be understood is no fault of the call.
    func conclude() throws {
        if count.withLock({ $0 }) > 0 { throw ExitCode(ExitStatus.noInput.rawValue) }
    }
}

/// The named files, one after another.
final class FileSource: InputSource, @unchecked Sendable {
    // `next` is called from one queue only (InputSource), so the place in the list is never shared.
    private let paths: [String]
    private var place = 0

    init(_ paths: [String]) { self.paths = paths }

    func next() -> FileInput? {
        guard place < paths.count else { return nil }
        defer { place += 1 }
        return FileInput(paths[place])
    }
}

/// Lines of a file or of standard input, without their ends; invalid UTF-8 is mended.
final class LineSource: InputSource, @unchecked Sendable {
    // `next` is called from one queue only (InputSource), so buffer and descriptor are never shared.
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// What is longer is cut; the rest of the line is passed over.
    static let lineLimit = 1_000_000

    /// nil when the file cannot be opened.
    init?(_ path: String) {
        descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    func next() -> String? {
        var line: [UInt8] = []
        while true {
            if start >= buffer.count {
                fill()
                if buffer.isEmpty { return line.isEmpty ? nil : Self.text(line) }
            }
            let rest = buffer[start...]
            let end = rest.firstIndex(of: 0x0A)
            let piece = rest[..<(end ?? buffer.endIndex)]
            line.append(contentsOf: piece.prefix(max(0, Self.lineLimit - line.count)))
            start = (end ?? buffer.endIndex - 1) + 1
            if end != nil { return Self.text(line) }
        }
    }

    private static func text(_ line: [UInt8]) -> String {
        String(decoding: line.last == 0x0D ? line.dropLast() : line[...], as: UTF8.self)
    }

    private func fill() {
        start = 0
        buffer.removeAll(keepingCapacity: true)
        guard !isAtEnd else { return }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count > 0 { buffer.append(contentsOf: chunk[..<count]) } else { isAtEnd = true }
            return
        }
    }
}
