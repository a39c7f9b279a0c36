// A desk whose domain goes beyond ASCII: its ids, its reply addresses, its own mail, and customers' letters like it.

import Correspondence
import Foundation
import Language
import MailFormat
import Rehearsal
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite struct InternationalDeskTests {
    static let domains = ["bücher.example", "xn--bcher-kva.example", "BU\u{308}CHER.example"]

    private let reader = GMimeMailReader(guess: CLD2LanguageGuess())

    private func mail(
        from desk: EmailAddress, signer: TokenSigner, to customer: String = "carla@x.example"
    ) throws -> (mail: OutgoingMail, text: String) {
        let id = try #require(signer.messageID(for: Sample.conversationID, random: Array(0..<10)))
        let replyTo = signer.replyAddress(for: Sample.conversationID, desk: desk)
        let mail = OutgoingMail(
            messageID: id, from: NamedAddress(name: "Bücher", address: desk),
            to: NamedAddress(name: "Carla", address: Sample.address(customer)),
            replyTo: replyTo.map { NamedAddress(address: $0) },
            subject: "Ihre Frage", date: Sample.noon, origin: .automaticReply, loopMark: desk.key, text: "Grüße")
        return (mail, String(decoding: RFC5322Composer().compose(mail), as: UTF8.self))
    }

    @Test(arguments: domains, domains)
    func `the desk's mail has a Message-ID, its answer finds the conversation, and itself is a loop`(
        domain: String, written: String
    ) async throws {
        let desk = Sample.address("support@\(domain)")
        let signer = TokenSigner(secret: Array(repeating: 7, count: 32), messageIDDomain: desk.domain)
        let context = ReadingContext(ownAddresses: [desk], messageIDDomain: desk.domain)
        let (sent, text) = try mail(from: desk, signer: signer)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        #expect(text.contains("\r\nMessage-ID: <\(sent.messageID.text)>\r\n"))
        #expect(text.contains("<support@xn--bcher-kva.example>"))

        let token = try #require(sent.replyTo?.address.detail)
        let byAddress = try await reader.read(
            Array("From: carla@x.example\nTo: <support+\(token)@\(written)>\nSubject: Re: x\n\nDanke\n".utf8),
            in: context)
        #expect(signer.conversation(shownBy: byAddress, desk: desk) == Sample.conversationID)
        #expect(byAddress.kind == .human)
        let byID = try await reader.read(
            Array("From: carla@x.example\nIn-Reply-To: <\(sent.messageID.text)>\nSubject: Re: x\n\nDanke\n".utf8),
            in: context)
        #expect(signer.conversation(shownBy: byID, desk: desk) == Sample.conversationID)

        let marked = try await reader.read(Array(text.utf8), in: context)
        #expect(marked.kind == .loop && marked.kindReason == "X-Deskbridge-Loop is ours")
        let unmarked = text.replacing("X-Deskbridge-Loop", with: "X-Other")
            .replacing("support@xn--bcher-kva.example", with: "support@\(written)")
        let own = try await reader.read(Array(unmarked.utf8), in: context)
        #expect(own.kind == .loop && own.kindReason == "From is our own address")
        let bounced = try await reader.read(
            Array(unmarked.replacing("<support@", with: "<other@").utf8), in: context)
        #expect(bounced.kind == .loop && bounced.kindReason == "Message-ID is ours")
    }

    @Test(.needs(.mailServer))
    func `a customer whose address goes beyond ASCII before its @ gets mail where the server takes such`() async throws
    {
        let servers = try await TestServers.mailServers()
        // Another server need not offer SMTPUTF8.
        guard servers.mailServer is PrivatePostfix else { return }
        let user = try await TestServers.mailUser("smtputf8", at: "acme.example")
        let signer = TokenSigner(secret: Array(repeating: 7, count: 32), messageIDDomain: "acme.example")
        let (mail, text) = try mail(from: user.address, signer: signer, to: "jürgen@bücher.example")
        #expect(text.contains("<jürgen@xn--bcher-kva.example>"))
        let sender = CurlMailSender(
            SubmissionServer(
                url: "smtp://localhost:\(servers.mailServer.submissionPort)", username: user.address.text,
                password: user.password, authorities: servers.dovecot.authorities))
        let outcome = await sender.send(
            OutboundMail(envelopeFrom: user.address, recipient: mail.to.address, bytes: Array(text.utf8)))
        guard case .accepted = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
