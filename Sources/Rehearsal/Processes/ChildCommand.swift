// A program to start: its arguments, surroundings, account and where its words go.

import Foundation
import Glibc

package struct ChildCommand: Sendable {
    /// An absolute path; see `locate`.
    package var executable: String
    package var arguments: [String]
    /// The whole environment of the child: nothing is inherited, so that a run does not depend on the caller's shell.
    package var environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]
    package var workingFolder: String? = "/"
    /// Dropped to when we are root; without root it must be our own account.
    package var account: ServiceAccount?
    /// A file that standard output and standard error are appended to; nil throws them away.
    package var output: String?
    /// A file for standard input; nil is an empty one.
    package var input: String?
    /// The signal the kernel sends it when we die, however we die.
    package var deathSignal: String = "KILL"
    /// The kernel forgets the wish for a death signal when a program changes its user or is set-uid (Postfix, Exim):
    /// then a small shell waits for our end in its place.
    package var losesDeathSignal = false
    /// Wanted limit of open files, as far as the hard limit allows; nil leaves ours.
    package var openFiles: Int?

    package init(_ executable: String, _ arguments: [String] = []) {
        self.executable = executable
        self.arguments = arguments
    }

    /// Where a program stands, looked for in the folders where Debian keeps servers. Throws `notInstalled`.
    package static func locate(_ names: String...) throws -> String {
        for name in names {
            if let path = find(name) { return path }
        }
        throw RehearsalFailure(
            .notInstalled, "\(names.joined(separator: " or ")) is not on this machine; .ci/install-packages installs it"
        )
    }

    /// As `locate`, nil instead of an error.
    package static func find(_ name: String) -> String? {
        var folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"]
        folders += postgreSQLFolders() + privateFolders
        return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// What `.ci/private-exim` has unpacked, where we are run from the folder of the build.
    private static let privateFolders: [String] = {
        // Absent without /proc: then nothing is looked for.
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return own.range(of: "/.build/").map { ["\(own[..<$0.upperBound])private/sbin"] } ?? []
    }()

    /// Debian keeps PostgreSQL's own programs in a folder by version: the newest first.
    private static func postgreSQLFolders() -> [String] {
        let base = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []  // absent: none installed
        return versions.compactMap(Int.init).sorted(by: >).map { "\(base)/\($0)/bin" }
    }

    /// The words that are really executed: limits and account are set by the system's own small programs, which then
    /// become the child, so that its pid stays the one we know.
    package var words: [String] {
        get throws {
            var words: [String] = []
            if let workingFolder { words += [try Self.locate("env"), "--chdir=\(workingFolder)"] }
            if let openFiles, let prlimit = Self.find("prlimit"), let limit = Self.openFileLimit(wanting: openFiles) {
                words += [prlimit, "--nofile=\(limit):"]
            }
            let setpriv = try Self.locate("setpriv")
            words += [setpriv, "--pdeathsig", deathSignal]
            if let account, ServiceAccount.weAreRoot {
                words += ["--reuid", String(account.uid), "--regid", String(account.gid), "--clear-groups"]
            }
            // The wish for a death signal is heard only from here on: whose parent is gone already must not begin.
            let check = #"[ "$PPID" = "$0" ] && exec "$@""#
            return words + ["--", "/bin/sh", "-c", check, String(getpid()), executable] + arguments
        }
    }

    private static func openFileLimit(wanting wanted: Int) -> UInt64? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        let aim = min(UInt64(wanted), UInt64(limit.rlim_max))
        return aim > UInt64(limit.rlim_cur) ? aim : nil
    }
}
