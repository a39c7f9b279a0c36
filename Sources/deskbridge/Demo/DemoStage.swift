// The demo's stage: private mail servers, everybody's mailboxes, and a settings file as a real desk would have it.

import Correspondence
import Foundation
import Rehearsal

struct DemoStage: Sendable {
    static let deskAddress = "support@acme.example"
    static let agentAddress = "ada@acme.example"
    static let adminAddress = "admin@acme.example"

    let folder: String
    let servers: PrivateMailServers
    let desk: MailUser
    let users: [EmailAddress: MailUser]

    static func start(in folder: String, plan: DemoPlan) async throws -> DemoStage {
        let desk = try MailUser(deskAddress)
        var users: [EmailAddress: MailUser] = [:]
        for address in plan.senders where address != desk.address { users[address] = try MailUser(address) }
        for name in [agentAddress, adminAddress] {
            let user = try MailUser(name)
            users[user.address] = user
        }
        let servers = try await PrivateMailServers.start(
            in: "\(folder)/servers", users: [desk] + users.values.sorted { $0.address.key < $1.address.key })
        return DemoStage(folder: folder, servers: servers, desk: desk, users: users)
    }

    /// The settings that `serve` would be given. Written to `folder/deskbridge.yaml`.
    func writeSettings(knowledge: String, webPort: Int) throws -> String {
        let path = "\(folder)/deskbridge.yaml"
        let text = """
            # Written anew at every start of `deskbridge demo`; a real desk's settings look the same.
            desk:
              name: Acme Support
              address: \(Self.deskAddress)
              languages: [en, de, fr, es, pl, ja, ar]
              fallback-language: en
              timezone: Europe/Berlin
              topics-for-humans:
                - { name: refund, words: [refund, Rückerstattung, remboursement, reembolso], over: 100 EUR }
            secret: file:\(folder)/secret
            store: sqlite:\(folder)/deskbridge.sqlite
            mailboxes:
              - name: support
                url: imaps://localhost:\(servers.dovecot.ports.imaps)/INBOX
                username: \(Self.deskAddress)
                password: \(desk.password.revealed)
                ca: \(servers.dovecot.authorities)
                authentication-results: [\(MailVerdict.authority)]
                poll: 2s
            smtp:
              url: smtp://localhost:\(servers.mailServer.submissionPort)
              username: \(Self.deskAddress)
              password: \(desk.password.revealed)
              ca: \(servers.dovecot.authorities)
              rate: 1000/min
            knowledge: [\(knowledge)]
            answering:
              provider: built-in
            tickets:
              notify: [\(Self.agentAddress)]  # one address a person
            web:
              listen: 127.0.0.1:\(webPort)
              url: http://127.0.0.1:\(webPort)
              chat: { origins: [http://127.0.0.1:\(webPort)] }
            log: { level: warning }

            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
