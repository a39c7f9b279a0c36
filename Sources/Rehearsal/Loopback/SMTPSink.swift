// Postfix's smtp-sink: a server that takes every mail, for loads and for reading what was sent.

import Foundation
import Glibc

/// Faster than anything that sends to it, and it never syncs. It offers no STARTTLS and no AUTH.
package final class SMTPSink: PrivateServer {
    package let port: UInt16
    /// Where each mail is kept as a file; nil when mails are thrown away.
    package let folder: String?
    private let process: WatchedProcess

    package var isRunning: Bool { process.isRunning }
    package static var isInstalled: Bool { ChildCommand.find("smtp-sink") != nil }

    /// `keepingMailsIn`: a folder of its own for what comes in. `options` go to smtp-sink before its address: `-q DATA`
    /// hangs up at DATA, `-r RCPT` refuses recipients for now, `-f .` refuses mails for good; see smtp-sink(1).
    package init(keepingMailsIn wanted: String? = nil, options: [String] = []) throws {
        let account = try ServiceAccount.unprivileged()
        port = try LoopbackPort.free()
        folder = try wanted.map(PrivateFolder.place(for:))
        if let folder { try PrivateFolder.make(folder, mode: 0o755, for: account) }
        // Its own dropping of root demands a name and nothing else; ours happens before it starts.
        var arguments = options
        if let folder { arguments += ["-d", "\(folder)/%Y%m%d%H%M%S."] }
        var command = try ChildCommand(ChildCommand.locate("smtp-sink"), arguments + ["127.0.0.1:\(port)", "1024"])
        command.account = account
        command.openFiles = 8192
        process = WatchedProcess(command)
    }

    package func start() async throws {
        guard !isRunning else { return }
        try await process.start()
        do {
            try await waitUntil("the greeting of smtp-sink", within: .seconds(60)) { [port, process] in
                guard process.isRunning else { throw RehearsalFailure(.didNotStart, "smtp-sink ended at its start") }
                return try await offThePool { LoopbackSocket.greeting(port: port)?.hasPrefix("220") == true }
            }
        } catch {
            await stop()
            throw error
        }
    }

    package func stop() async { await process.stop() }

    package func kill() async { await process.kill() }

    /// One mail as it was handed over.
    package struct Received: Hashable, Sendable {
        /// As in MAIL FROM, without `<>`; empty for the null sender.
        package let sender: String
        package let recipients: [String]
        package let bytes: [UInt8]
    }

    /// How many mails lie in the folder. A mail counts while its last bytes may still be on their way; ask after the
    /// sender has heard that it was taken.
    package func count() async throws -> Int { try await names().count }

    /// The mails in the folder, in no special order.
    package func mails() async throws -> [Received] {
        guard let folder else { return [] }
        let names = try await names()
        return try await offThePool {
            names.compactMap { FileManager.default.contents(atPath: "\(folder)/\($0)") }.compactMap {
                Self.parse(Array($0))
            }
        }
    }

    private func names() async throws -> [String] {
        guard let folder else {
            throw RehearsalFailure(.notPossibleHere, "this sink throws its mails away; give it a folder")
        }
        return try await offThePool {
            try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
                // A file is empty until its mail (or its first 4 KiB) is there.
                var status = stat()
                return stat("\(folder)/\(name)", &status) == 0 && status.st_size > 0
            }
        }
    }

    /// smtp-sink writes the envelope as headers before the mail: X-Client-…, X-Helo-Args, X-Mail-Args, X-Rcpt-Args,
    /// then a Received of its own that ends in a date, then the mail.
    static func parse(_ file: [UInt8]) -> Received? {
        var rest = file[...]
        var sender = ""
        var recipients: [String] = []
        while let end = rest.firstIndex(of: 0x0A) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            let isOurs =
                line.hasPrefix("X-Client-") || line.hasPrefix("X-Helo-Args:") || line.hasPrefix("X-Mail-Args:")
                || line.hasPrefix("X-Rcpt-Args:") || line.hasPrefix("Received: ") || line.hasPrefix("\t")
            guard isOurs else { break }
            if line.hasPrefix("X-Mail-Args:") { sender = path(line) }
            if line.hasPrefix("X-Rcpt-Args:") { recipients.append(path(line)) }
            rest = rest[(end + 1)...]
            if line.hasPrefix("\t"), line.hasSuffix(")") { break }
        }
        if rest.last == 0x0A { rest.removeLast() }  // the empty line it puts behind each mail
        return recipients.isEmpty ? nil : Received(sender: sender, recipients: recipients, bytes: crlf(rest))
    }

    /// The sink writes lines with LF; over the wire they had CRLF.
    private static func crlf(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.reduce(into: []) { out, byte in out += byte == 0x0A ? [0x0D, 0x0A] : [byte] }
    }

    private static func path(_ line: String) -> String {
        guard let open = line.firstIndex(of: "<"), let close = line.lastIndex(of: ">"), open < close else { return "" }
        return String(line[line.index(after: open)..<close])
    }
}
