// The secret that signs tokens, links and sessions: read, or made at the first start.

import Correspondence
import Foundation

/// The key is the text of the file without line ends: 32 random bytes in base 64 where we made it.
enum SigningSecret {
    static let shortest = 32

    /// The key of `settings`. `mayMake` writes the file where there is none, with mode 0600 in folders made for it.
    static func key(
        _ location: SecretLocation, mayMake: Bool, surroundings: Surroundings = .system
    ) throws(Complaint) -> [UInt8] {
        switch location {
        case .given(let secret): return Array(secret.revealed.utf8)
        case .file(let path):
            if mayMake, !FileManager.default.fileExists(atPath: path) { try make(path, surroundings) }
            return try read(path)
        }
    }

    static func read(_ path: String) throws(Complaint) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Complaint(
                .configuration, "secret: \(path) cannot be read; `deskbridge serve` makes it at its first start")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count >= shortest else {
            throw Complaint(
                .configuration,
                "secret: \(path) holds fewer than \(shortest) characters; put a longer secret there, or remove the file"
            )
        }
        return Array(text.utf8)
    }

    /// Never writes over a file: a second process that came first wins.
    private static func make(_ path: String, _ surroundings: Surroundings) throws(Complaint) {
        try Folders.makeParent(of: path)
        let text = Data(surroundings.randomBytes(32)).base64EncodedString() + "\n"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw Complaint(.cannotCreate, "secret: \(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count, fsync(descriptor) == 0 else {
            unlink(path)
            throw Complaint(.inputOutput, "secret: \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}

enum Folders {
    static func makeParent(of path: String) throws(Complaint) {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        try make(folder)
    }

    /// Whether a file could be made at `path`: a file of our own is made and removed in the nearest folder above it that
    /// is there. Throws `cannotCreate`, as making it would.
    static func tryToWrite(besides path: String) throws(Complaint) {
        var place = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
        repeat {
            place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
        } while !place.isEmpty && !FileManager.default.fileExists(atPath: place)
        let trial = "\(place)/.deskbridge-check-\(getpid())"
        let descriptor = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Complaint(
                .cannotCreate,
                "\(path) cannot be made: \(place.isEmpty ? "/" : place): \(String(cString: strerror(errno))); check who may write there"
            )
        }
        close(descriptor)
        unlink(trial)
    }

    /// For this user alone, whatever the umask; folders that are there stay as they are.
    private static func make(_ folder: String) throws(Complaint) {
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        let parent = URL(filePath: folder).deletingLastPathComponent().path(percentEncoded: false)
        if parent != folder { try make(parent) }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw Complaint(.cannotCreate, "\(folder): the folder cannot be made; check who may write there")
        }
    }
}
