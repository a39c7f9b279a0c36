// A PostgreSQL of our own, with databases on demand.

package import Correspondence
import Foundation
import Glibc
import Synchronization

/// Runs as an ordinary user; as root it drops to nobody, because PostgreSQL refuses root. Everybody on this machine
/// who reaches its socket is its superuser `deskbridge`.
package final class PrivatePostgreSQL: PrivateServer {
    package enum Disk: Sendable {
        /// Commits wait for the disk, as in earnest: for measuring.
        case synced
        /// Commits survive a kill of the server but not of the machine: for everything else.
        case unsynced
    }

    package let folder: String
    /// Of the loopback listener, and the number in the socket's name.
    package let port: UInt16
    private let account: ServiceAccount
    private let process: WatchedProcess
    private let databases = Mutex(0)
    private let disk: Disk

    package var isRunning: Bool { process.isRunning }
    package static var isInstalled: Bool { ChildCommand.find("initdb") != nil && ChildCommand.find("postgres") != nil }

    /// Takes `folder` for data and socket; a cluster that is there is used again. Listens on the unix socket in it and on
    /// 127.0.0.1.
    package init(in wanted: String, disk: Disk = .unsynced) throws {
        folder = try PrivateFolder.place(for: wanted)
        account = try ServiceAccount.unprivileged()
        port = try LoopbackPort.free()
        self.disk = disk
        try PrivateFolder.make(folder, mode: 0o755, for: account)
        var command = try ChildCommand(ChildCommand.locate("postgres"), ["-D", "\(folder)/data"])
        command.account = account
        command.output = "\(folder)/postgresql.log"
        command.deathSignal = "QUIT"  // ends at once, children too; the next start recovers from the log
        process = WatchedProcess(command)
    }

    package func start() async throws {
        guard !isRunning else { return }
        try await Predecessor.awaitEnd(in: folder, pidFile: "\(folder)/data/postmaster.pid")
        if access("\(folder)/data/PG_VERSION", F_OK) != 0 {
            var command = try ChildCommand(
                ChildCommand.locate("initdb"),
                [
                    "-D", "\(folder)/data", "-U", "deskbridge", "--auth=trust", "--encoding=UTF8", "--no-locale",
                    "--no-sync",
                    "--no-instructions",
                ])
            command.account = account
            try await FinishedProcess.run(command, within: .seconds(120))
        }
        try PrivateFolder.write(settings.utf8, to: "\(folder)/data/postgresql.auto.conf", for: account)
        try await process.start()
        do {
            try await waitUntil("PostgreSQL to take connections", within: .seconds(60)) { [process, folder] in
                guard process.isRunning else {
                    let words = PrivateFolder.lastWords(of: ["\(folder)/postgresql.log"])
                    throw RehearsalFailure(.didNotStart, "PostgreSQL ended: \(words)")
                }
                // The first line of this file is the pid, the last says what the server can do (pg_ctl reads the same);
                // after a crash the file of the dead one still lies there.
                let status = (try? String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)) ?? ""
                let lines = status.split(separator: "\n")
                return lines.first.flatMap { Int32($0) } == process.pid && lines.last?.hasPrefix("ready") == true
            }
        } catch {
            await stop()
            throw error
        }
    }

    /// Ends it by a fast shutdown: open transactions are rolled back, connections closed.
    package func stop() async { await process.stop(SIGINT, patience: .seconds(20)) }

    package func kill() async { await process.kill() }

    // MARK: Databases

    /// Makes an empty database and gives its URL, which names the unix socket.
    package func createDatabase() async throws -> Secret {
        let number = databases.withLock { count in
            count += 1
            return count
        }
        let chance = String(UInt32.random(in: .min ... .max), radix: 36)
        let name = "desk_\(number)_\(chance)"
        try await run(#"CREATE DATABASE "\#(name)""#)
        return url(of: name)
    }

    /// Runs statements by `psql` and gives what it printed, unaligned. For tests, and never with text from outside.
    @discardableResult
    package func run(_ statements: String, in database: String = "postgres") async throws -> String {
        let command = try ChildCommand(
            ChildCommand.locate("psql"),
            ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statements, url(of: database).revealed])
        return try await FinishedProcess.run(command).output
    }

    /// By the unix socket. (No password in it: the socket's folder is the protection.)
    package func url(of database: String) -> Secret {
        let host = folder.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? folder
        return Secret("postgresql://deskbridge@/\(database)?host=\(host)&port=\(port)")
    }

    /// By TCP on loopback.
    package func loopbackURL(of database: String) -> Secret {
        Secret("postgresql://deskbridge@127.0.0.1:\(port)/\(database)")
    }

    private var settings: String {
        // Whatever `disk` says, a commit that was acknowledged is in the kernel's hands (synchronous_commit stays on).
        """
        listen_addresses = '127.0.0.1'
        port = \(port)
        unix_socket_directories = '\(folder)'
        max_connections = 800
        shared_buffers = 64MB
        wal_level = minimal
        max_wal_senders = 0
        fsync = \(disk == .synced ? "on" : "off")
        full_page_writes = \(disk == .synced ? "on" : "off")
        log_min_messages = warning
        log_line_prefix = '%m [%p] '
        timezone = 'UTC'

        """
    }
}
