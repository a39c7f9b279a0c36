// The real binary on a disk that gets full while mail comes in: nothing that was acknowledged is lost.

import Correspondence
import Foundation
import Glibc
import Rehearsal
import TestSupport
import Testing

@Suite(.needs(.mailServer), .enabled(if: SmallDisk.isPossible, "only root may mount a small disk"), .serialized)
struct FullDiskTests {
    private static let knowledge = repository("examples/knowledge").path(percentEncoded: false)

    /// One desk on a small disk, with a mailbox and a customer of its own.
    private struct Desk {
        static let count = 10
        let servers: PrivateMailServers
        let desk: MailUser
        let customer: MailUser
        let folder: ProgramFolder
        let disk: SmallDisk

        init() async throws {
            servers = try await TestServers.mailServers()
            desk = try await TestServers.mailUser("desk", at: "acme.example")
            customer = try await TestServers.mailUser("emma", at: "people.example")
            folder = try ProgramFolder()
            disk = try SmallDisk("\(folder.path)/small", megabytes: 6)
            let ca = servers.dovecot.authorities
            try folder.write(
                "deskbridge.yaml",
                """
                desk: {name: Acme Support, address: \(desk.address)}
                secret: file:var/secret
                store: sqlite:small/desk.sqlite
                mailboxes:
                  - name: support
                    url: imaps://localhost:\(servers.dovecot.ports.imaps)/INBOX
                    username: \(desk.address)
                    password: \(desk.password.revealed)
                    ca: \(ca)
                    authentication-results: [\(MailVerdict.authority)]
                    poll: 1s
                smtp:
                  url: smtp://localhost:\(servers.mailServer.submissionPort)
                  username: \(desk.address)
                  password: \(desk.password.revealed)
                  ca: \(ca)
                  rate: 1000/min
                knowledge: [\(FullDiskTests.knowledge)]
                limits: {per-sender: 1000/h}
                web: {listen: "127.0.0.1:0"}

                """)
        }

        func id(_ number: Int) -> String { "full-\(number)-\(desk.address.localPart)@people.example" }

        /// Large enough that a few of them fill what room the store's files still have.
        func mail(_ number: Int) -> [UInt8] {
            let line = String(repeating: "QUJD", count: 18)
            let attachment = Array(repeating: line, count: 4_000).joined(separator: "\r\n")
            let text = """
                From: Emma Clarke <\(customer.address)>
                To: \(desk.address)
                Subject: Delivery of order \(number)
                Message-ID: <\(id(number))>
                Date: Mon, 23 Nov 2026 09:00:00 +0000
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary="part"

                --part
                Content-Type: text/plain; charset=utf-8

                Hello,

                how long does the delivery of an espresso machine take, and what does shipping cost?

                Emma Clarke
                --part
                Content-Type: application/octet-stream; name=photo.bin
                Content-Transfer-Encoding: base64

                \(attachment)
                --part--

                """
            return Array(text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
        }

        func send(_ numbers: Range<Int>) async throws {
            for number in numbers {
                let dialogue = try await servers.submission(as: customer)
                try await dialogue.send([mail(number)], from: customer.address, to: desk.address)
                try await dialogue.quit()
            }
        }

        func said() -> String { (try? folder.read("serve.err")) ?? "" }

        func start() async throws -> RunningProgram {
            let program = try folder.start("serve", name: "serve")
            #expect(await eventually(within: 60) { said().contains("caught up") || said().contains("seen") || isUp() })
            return program
        }

        private func isUp() -> Bool { (try? folder.read("serve.out"))?.contains("serves http") == true }

        /// Message-IDs of the desk's mailbox, and which of them are marked as seen there.
        func mailbox() async throws -> (all: Set<String>, seen: Set<String>) {
            var (all, seen): (Set<String>, Set<String>) = ([], [])
            for mail in try await servers.dovecot.mails(of: desk) {
                let text = String(decoding: mail.bytes.prefix(20_000), as: UTF8.self)
                guard let id = (0..<Self.count).map(id).first(where: { text.contains("<\($0)>") }) else { continue }
                all.insert(id)
                if mail.isSeen { seen.insert(id) }
            }
            return (all, seen)
        }

        /// How many replies the customer got to each mail.
        func replies() async throws -> [String: Int] {
            var count: [String: Int] = [:]
            for mail in try await servers.dovecot.mails(of: customer) {
                let text = String(decoding: mail.bytes, as: UTF8.self)
                for id in (0..<Self.count).map(id) where text.contains("In-Reply-To: <\(id)>") {
                    count[id, default: 0] += 1
                }
            }
            return count
        }

        /// Message-ID to outcome of everything that customers wrote, as the store under `config` has it.
        func outcomes(_ config: String = "deskbridge.yaml") async throws -> [String: [String]] {
            let list = try await folder.run("conversation", "list", "--json", "--config", config)
            var found: [String: [String]] = [:]
            for conversation in try list.objects() {
                for message in conversation["messages"] as? [[String: any Sendable]] ?? [] {
                    guard message["direction"] as? String == "in", let id = message["messageID"] as? String else {
                        continue
                    }
                    found[id, default: []].append(message["outcome"] as? String ?? "none")
                }
            }
            return found
        }

        /// Waits until each mail has one outcome and one reply.
        func expectWhole() async throws {
            let all = Set((0..<Self.count).map(id))
            let isDone = try await eventually(within: 90) {
                guard try await replies().count == all.count else { return false }
                return try await outcomes().values.allSatisfy { $0 == ["answered"] }
            }
            let (became, copies) = (try await outcomes(), try await replies())
            #expect(isDone, "\(became)\n\(copies)\n\(said().suffix(3_000))")
            #expect(Set(became.keys) == all)
            // A second copy is owned up to.
            let doubtful = try await folder.run("queue", "list", "--json").objects().count {
                $0["inDoubt"] as? Bool == true
            }
            #expect(copies.values.reduce(0) { $0 + $1 - 1 } <= doubtful, "\(copies)")
        }
    }

    @Test("A disk that gets full is told, and when there is room again the program goes on", .timeLimit(.minutes(4)))
    func goesOn() async throws {
        let desk = try await Desk()
        let program = try await desk.start()
        try await desk.send(0..<2)
        #expect(try await eventually(within: 60) { try await desk.replies().count == 2 }, "\(desk.said())")
        try desk.disk.fill()
        try await desk.send(2..<Desk.count)
        #expect(await eventually(within: 30) { desk.said().contains("Make room on the disk") }, "\(desk.said())")
        // Whoever hands a mail over is told that it was not taken.
        try desk.folder.write("mail.eml", String(decoding: desk.mail(99), as: UTF8.self))
        let refused = try await desk.folder.run("import", "mail.eml")
        #expect(refused.status == 74 && refused.errors.contains("Make room on the disk"), "\(refused)")
        let (all, seen) = try await desk.mailbox()
        #expect(all.count == Desk.count)
        // What could not be kept is left as it was for the next look.
        #expect(seen.count < Desk.count, "\(seen)")
        #expect(program.isRunning)
        desk.disk.makeRoom()
        try await desk.expectWhole()
        program.terminate()
        await program.ended()
        #expect(program.status == 0)
    }

    @Test(
        "Killed on the full disk, it has kept all that it acknowledged, and goes on at the next start",
        .timeLimit(.minutes(4)))
    func killed() async throws {
        let desk = try await Desk()
        let program = try await desk.start()
        // Full while mails are read, answered and sent.
        try await desk.send(0..<3)
        try desk.disk.fill()
        try await desk.send(3..<Desk.count)
        #expect(await eventually(within: 30) { desk.said().contains("Make room on the disk") }, "\(desk.said())")
        program.kill()
        await program.ended()
        let seen = try await desk.mailbox().seen
        #expect(seen.count < Desk.count)
        // What the disk holds at this moment, worked through elsewhere: a store with no mailbox and nowhere to send.
        for name in try FileManager.default.contentsOfDirectory(atPath: desk.disk.path) where name != "filler" {
            guard name.hasPrefix("desk.sqlite"), !name.hasSuffix(".socket"), !name.hasSuffix(".new") else { continue }
            try FileManager.default.createDirectory(
                atPath: "\(desk.folder.path)/copy", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: "\(desk.disk.path)/\(name)", toPath: "\(desk.folder.path)/copy/\(name)")
        }
        try desk.folder.write(
            "copy.yaml",
            "desk: {name: Acme Support, address: \(desk.desk.address)}\nstore: sqlite:copy/desk.sqlite\n"
                + "secret: file:var/secret\nweb: {listen: \"127.0.0.1:0\"}\n")
        let copy = try desk.folder.start("serve", "--config", "copy.yaml", name: "copy")
        let isKept = try await eventually(within: 30) {
            try await seen.isSubset(of: Set(desk.outcomes("copy.yaml").keys))
        }
        #expect(isKept, "\(seen)")
        copy.terminate()
        await copy.ended()

        desk.disk.makeRoom()
        let again = try await desk.start()
        try await desk.expectWhole()
        again.terminate()
        await again.ended()
        #expect(again.status == 0)
    }
}

/// A file system of a few megabytes, for root.
private final class SmallDisk: Sendable {
    static var isPossible: Bool { getuid() == 0 }

    let path: String
    private var filler: String { "\(path)/filler" }

    init(_ path: String, megabytes: Int) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try #require(mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0, "errno \(errno)")
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes all the room there is.
    func fill() throws {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
        #expect(errno == ENOSPC)
    }

    func makeRoom() { unlink(filler) }
}
