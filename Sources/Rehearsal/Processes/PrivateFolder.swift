// Folders and files for private servers: made for the account that will use them.

import Foundation
import Glibc

package enum PrivateFolder {
    /// Unix sockets stand in these folders and a socket's path may be 107 bytes long; servers need some 30 of them.
    package static let pathLimit = 70

    /// A fresh folder under the machine's temporary one, open to be passed through by the servers' account.
    package static func temporary(_ name: String = "rehearsal") throws -> String {
        var template = Array("/tmp/deskbridge-\(name)-\(getpid())-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw problem("/tmp", "make a folder in it") }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        chmod(path, 0o755)
        return path
    }

    /// A path for a file that does not exist yet.
    static func temporaryFile(_ name: String) -> String {
        let chance = UInt64.random(in: .min ... .max)
        return "/tmp/deskbridge-\(name)-\(getpid())-\(String(chance, radix: 36))"
    }

    /// The folder to use for servers when `wanted` is asked for: itself when it is short enough and the servers'
    /// account can reach it, else one in /var/tmp that is always the same for `wanted`. Made when absent.
    package static func place(for wanted: String) throws -> String {
        let absolute = URL(fileURLWithPath: wanted).standardizedFileURL.path
        if absolute.utf8.count <= pathLimit, canBeReached(absolute) {
            try make(absolute, mode: 0o755)
            // Folders above it that had to be made are as open as our umask left them.
            if canBeReached(absolute) { return absolute }
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a: stable between runs, which Swift's own hash is not
        for byte in absolute.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let path = "/var/tmp/deskbridge-\(geteuid())-\(String(hash, radix: 36))"
        if mkdir(path, 0o755) == 0 { chmod(path, 0o755) }  // whatever our umask
        var status = stat()
        // Everybody may write to /var/tmp: what stands there under our name must be ours.
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & 0o022 == 0
        else { throw RehearsalFailure(.folder, "\(path) is not a folder of ours alone; remove it") }
        return path
    }

    /// Whether another account may pass through every folder above `path` that exists.
    private static func canBeReached(_ path: String) -> Bool {
        guard ServiceAccount.weAreRoot else { return true }
        var folder = URL(fileURLWithPath: path)
        while folder.path != "/" {
            var status = stat()
            if stat(folder.path, &status) == 0, status.st_mode & 0o001 == 0 { return false }
            folder = folder.deletingLastPathComponent()
        }
        return true
    }

    /// Makes a folder with those above it; with an account, it becomes that account's.
    package static func make(_ path: String, mode: UInt32 = 0o700, for account: ServiceAccount? = nil) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw problem(path, "make it") }
        guard chmod(path, mode) == 0 else { throw problem(path, "set its mode") }
        try give(path, to: account)
    }

    /// Writes a whole file beside its place and moves it there, so that a running server never reads half of it.
    package static func write(
        _ bytes: some Sequence<UInt8>, to path: String, mode: UInt32 = 0o600, for account: ServiceAccount? = nil
    ) throws {
        let draft = path + ".new"
        do { try Data(bytes).write(to: URL(fileURLWithPath: draft)) } catch { throw problem(draft, "write it") }
        guard chmod(draft, mode) == 0 else { throw problem(draft, "set its mode") }
        try give(draft, to: account)
        guard rename(draft, path) == 0 else { throw problem(path, "write it") }
    }

    static func give(_ path: String, to account: ServiceAccount?) throws {
        guard let account, ServiceAccount.weAreRoot else { return }
        guard chown(path, account.uid, account.gid) == 0 else { throw problem(path, "give it to \(account.name)") }
    }

    /// Removes a folder with all that is in it; an absent one is fine.
    package static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)  // left-overs in a temporary folder harm nobody
    }

    /// The end of each of these logs, for the one who asks why a server did not start.
    static func lastWords(of logs: [String]) -> String {
        let words = logs.compactMap { FileManager.default.contents(atPath: $0) }
            .map { String(decoding: $0.suffix(1_000), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { !$0.isEmpty }
        return words.isEmpty ? "it left no words" : words.joined(separator: "\n")
    }

    static func problem(_ path: String, _ what: String) -> RehearsalFailure {
        RehearsalFailure(.folder, "\(path): could not \(what): \(String(cString: strerror(errno)))")
    }
}
