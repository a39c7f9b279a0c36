// What the demo has done so far, on disk, so that one that was killed goes on where it was.

import Foundation

/// `sent.txt` has a line for every mail that the server took, `finished` stands there once all is over. A mail that was
/// taken just before a kill, without its line, is sent again: the desk sees the same Message-ID and records it.
struct DemoJournal {
    let folder: String
    private var sentPath: String { "\(folder)/sent.txt" }
    private var finishedPath: String { "\(folder)/finished" }
    private var serversPath: String { "\(folder)/servers.txt" }

    /// A finished demo begins anew: its folder is emptied. An unfinished one is resumed.
    init(folder: String) throws {
        self.folder = folder
        let files = FileManager.default
        if files.fileExists(atPath: finishedPath) {
            // The servers' files may have been moved to where their account can reach them.
            if let moved = try? String(contentsOfFile: serversPath, encoding: .utf8), files.fileExists(atPath: moved) {
                try files.removeItem(atPath: moved)
            }
            try files.removeItem(atPath: folder)
        }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    var sent: Set<String> {
        let text = (try? String(contentsOfFile: sentPath, encoding: .utf8)) ?? ""  // absent at the start
        return Set(text.split(separator: "\n").map(String.init))
    }

    func note(sent file: String) throws {
        if !FileManager.default.fileExists(atPath: sentPath) {
            _ = FileManager.default.createFile(atPath: sentPath, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: sentPath))
        defer { try? handle.close() }  // everything is written and synchronised by then
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("\(file)\n".utf8))
        try handle.synchronize()
    }

    /// Where the mailboxes lie, when that is not where they were wanted.
    func note(serversAt place: String) throws {
        try place.write(toFile: serversPath, atomically: true, encoding: .utf8)
    }

    func finish() throws {
        try Data().write(to: URL(fileURLWithPath: finishedPath))
    }
}
