// The newest refresh token that a vendor gave, in a file that only we can read.

import Correspondence
import Crypto
import Foundation

/// Holds good for the refresh token of the settings that it came from, which is named by its hash: whoever puts another
/// one there is believed at once.
struct KeptToken: Sendable {
    private struct Content: Codable {
        var origin: String
        var token: String
    }
    let path: String
    let configured: Secret

    private var origin: String {
        SHA256.hash(data: Data(configured.revealed.utf8)).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        .joined()
    }

    /// nil where there is none, or one of another origin; a broken file counts as none.
    func read() -> Secret? {
        guard let data = FileManager.default.contents(atPath: path),
            let content = try? JSONDecoder().decode(Content.self, from: data), content.origin == origin,
            !content.token.isEmpty
        else { return nil }
        return Secret(content.token)
    }

    /// Where it cannot be written the former one is used again: the vendor takes it for some months.
    func write(_ token: Secret) {
        guard let data = try? JSONEncoder().encode(Content(origin: origin, token: token.revealed)) else { return }
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let new = "\(path).new"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let count = data.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        guard count == data.count, fsync(descriptor) == 0, rename(new, path) == 0 else {
            unlink(new)
            return
        }
    }
}
