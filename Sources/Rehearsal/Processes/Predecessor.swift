// A server of an earlier run that is still ending in the same folder.

import Foundation
import Glibc

/// Whoever was killed a moment ago may have servers that need some time to end, and a server refuses to start while
/// another has its folder. So each start waits for the process in the pid file, if it is one of ours.
enum Predecessor {
    /// Returns once the process named by the first line of `pidFile` is gone or has nothing to do with `folder`. Throws
    /// `notPossibleHere` when it is there to stay: another run uses the folder.
    static func awaitEnd(in folder: String, pidFile: String, within patience: Duration = .seconds(10)) async throws {
        guard let pid = pid(in: pidFile), uses(pid, folder) else { return }
        do {
            try await waitUntil("the end of an earlier server", within: patience, every: .milliseconds(50)) {
                !uses(pid, folder)
            }
        } catch let late as RehearsalFailure where late.code == .notInTime {
            throw RehearsalFailure(
                .notPossibleHere, "another run uses \(folder) (process \(pid)); end it, or take another folder")
        }
    }

    private static func pid(in file: String) -> pid_t? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }  // none ran here
        return text.split(whereSeparator: \.isWhitespace).first.flatMap { pid_t($0) }
    }

    /// By its words: a pid may have been given to somebody else since.
    private static func uses(_ pid: pid_t, _ folder: String) -> Bool {
        let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        return String(decoding: words, as: UTF8.self).contains(folder + "/")
    }
}
