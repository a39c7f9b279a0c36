// A Dovecot of our own: mailboxes of any .example domain, by IMAP and LMTP on loopback.

package import Correspondence
import Foundation
import Synchronization

/// Runs as an ordinary user; as root it drops to nobody before it starts. `imap` takes STARTTLS and plain logins,
/// `imaps` is TLS from the first byte; both know PLAIN, LOGIN, XOAUTH2 and OAUTHBEARER. It never syncs its files to
/// the disk: the mails of a rehearsal may be lost with the machine, not with a process.
package final class PrivateDovecot: PrivateServer {
    package struct Ports: Sendable, Hashable {
        package let imap: UInt16
        package let imaps: UInt16
        package let lmtp: UInt16
        /// Dovecot's authentication for other servers (Postfix's `smtpd_sasl_path`).
        package let sasl: UInt16
    }

    /// All its files. The log is `log/dovecot.log` in it.
    package let folder: String
    package let ports: Ports
    package let identity: TLSIdentity
    let account: ServiceAccount
    private let process: WatchedProcess
    private let users = Mutex<[String: MailUser]>([:])

    /// PEM file of the authority that signed the server's certificate.
    package var authorities: String { identity.authorities }
    package var isRunning: Bool { process.isRunning }

    /// True when Dovecot with IMAP and LMTP is on this machine.
    package static var isInstalled: Bool {
        ["imap", "lmtp"].allSatisfy { FileManager.default.fileExists(atPath: "/usr/lib/dovecot/\($0)") }
            && ChildCommand.find("dovecot") != nil && ChildCommand.find("openssl") != nil
    }

    /// Writes the settings into `folder`, which is made when absent and keeps users and mails from run to run.
    package init(in wanted: String, users: [MailUser] = []) async throws {
        folder = try PrivateFolder.place(for: wanted)
        account = try ServiceAccount.unprivileged()
        let dovecot = try ChildCommand.locate("dovecot")
        for name in ["run", "state", "log", "mail", "users", "tls", "oauth-keys"] {
            try PrivateFolder.make("\(folder)/\(name)", mode: 0o755, for: account)
        }
        identity = try await TLSIdentity.make(in: "\(folder)/tls", for: account)
        ports = try Ports(
            imap: LoopbackPort.free(), imaps: LoopbackPort.free(), lmtp: LoopbackPort.free(), sasl: LoopbackPort.free())
        var command = ChildCommand(dovecot, ["-F", "-c", "\(folder)/dovecot.conf"])
        command.account = account
        command.output = "\(folder)/log/output.log"
        command.deathSignal = "TERM"  // it takes its children along
        command.openFiles = 8192
        process = WatchedProcess(command)
        let settings = DovecotSettings(folder: folder, account: account, ports: ports, identity: identity)
        try PrivateFolder.write(settings.text.utf8, to: "\(folder)/dovecot.conf", mode: 0o644, for: account)
        try PrivateFolder.write(settings.oauth2.utf8, to: "\(folder)/oauth2.conf.ext", mode: 0o644, for: account)
        try writeBearerKey()
        self.users.withLock { $0 = storedUsers() }
        try add(users)
    }

    package func start() async throws {
        guard !isRunning else { return }
        try await Predecessor.awaitEnd(in: folder, pidFile: "\(folder)/run/master.pid")
        try await process.start()
        do {
            try await waitUntil("Dovecot's greetings", within: .seconds(60)) { [ports, process, folder] in
                guard process.isRunning else {
                    let logs = ["\(folder)/log/dovecot.log", "\(folder)/log/output.log"]
                    throw RehearsalFailure(.didNotStart, "Dovecot ended: \(PrivateFolder.lastWords(of: logs))")
                }
                return try await offThePool {
                    LoopbackSocket.greeting(port: ports.imap)?.hasPrefix("* OK") == true
                        && LoopbackSocket.greeting(port: ports.lmtp)?.hasPrefix("220") == true
                }
            }
        } catch {
            await stop()
            throw error
        }
    }

    package func stop() async { await process.stop() }

    package func kill() async { await process.kill() }

    // MARK: Users

    /// Makes mailboxes; they are there at once. (A changed password takes effect within a second.)
    ///
    /// One file a user: Dovecot looks at most once a second whether a file that it has read has changed, but always
    /// looks for one that it has not.
    package func add(_ new: [MailUser]) throws {
        try users.withLock { users in
            for user in new {
                try PrivateFolder.write(
                    Self.line(user).utf8, to: "\(folder)/users/\(user.login)", mode: 0o644, for: account)
                users[user.login] = user
            }
            let all = users.values.map(Self.line).sorted().joined()
            try PrivateFolder.write(all.utf8, to: passwords, mode: 0o644, for: account)
        }
    }

    /// All users in one file, for servers that read it anew each time.
    var passwords: String { "\(folder)/passwords" }

    private static func line(_ user: MailUser) -> String { "\(user.login):{PLAIN}\(user.password.revealed)::::::\n" }

    /// One more mailbox; see `add(_:)`.
    @discardableResult
    package func addUser(_ address: String, password: String = "rehearsal") throws -> MailUser {
        let user = try MailUser(address, password: password)
        try add([user])
        return user
    }

    private func storedUsers() -> [String: MailUser] {
        let text = (try? String(contentsOfFile: passwords, encoding: .utf8)) ?? ""  // absent at the first start
        var stored: [String: MailUser] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 1, fields[1].hasPrefix("{PLAIN}") else { continue }
            if let user = try? MailUser(String(fields[0]), password: String(fields[1].dropFirst(7))) {  // ours alone
                stored[user.login] = user
            }
        }
        return stored
    }

    // MARK: Bearer tokens

    private static let bearerKey = "rehearsal-bearer-key-0123456789abcdef"

    private func writeBearerKey() throws {
        let folder = "\(folder)/oauth-keys/default/HS256"
        try PrivateFolder.make(folder, mode: 0o755)
        let key = Data(Self.bearerKey.utf8).base64EncodedString()
        try PrivateFolder.write(key.utf8, to: "\(folder)/default", mode: 0o644, for: account)
    }

    /// A token that logs `user` in by XOAUTH2 or OAUTHBEARER for `lifetime` from now; a negative one is expired.
    package func bearerToken(for user: MailUser, lifetime: Duration = .seconds(3600)) async throws -> Secret {
        let now = Int(Date().timeIntervalSince1970)
        let claims =
            #"{"sub":"\#(user.login)","email":"\#(user.login)","iat":\#(now - 7200),"exp":\#(now + Int(lifetime.components.seconds))}"#
        let signed =
            Self.base64URL(Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8)) + "." + Self.base64URL(Data(claims.utf8))
        let input = PrivateFolder.temporaryFile("claims")
        try PrivateFolder.write(signed.utf8, to: input)
        defer { PrivateFolder.remove(input) }
        var command = try ChildCommand(
            ChildCommand.locate("openssl"),
            ["dgst", "-sha256", "-mac", "HMAC", "-macopt", "key:\(Self.bearerKey)", "-hex"])
        command.input = input
        let words = try await FinishedProcess.run(command).output.split(whereSeparator: \.isWhitespace)
        let hex = words.last.map { Array($0.utf8) } ?? []
        let signature = stride(from: 0, to: hex.count - 1, by: 2).compactMap {
            UInt8(String(decoding: hex[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        return Secret(signed + "." + Self.base64URL(Data(signature)))
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
