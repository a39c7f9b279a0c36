// The sink takes mails from a dialogue and from smtp-source, counts them and gives them back.

import Correspondence
import Foundation
import Rehearsal
import TestSupport
import Testing

@Suite(.needs(.smtpSink, .smtpSource))
struct SMTPSinkTests {
    @Test func `What a dialogue sends is read back with its envelope`() async throws {
        let sink = try SMTPSink(keepingMailsIn: TestFolder.make("sink"))
        try await sink.start()
        let dialogue = try await SMTPDialogue.connect(port: sink.port)
        let ann = try #require(EmailAddress("ann@customer.example"))
        let desk = try #require(EmailAddress("support+t@acme.example"))
        let mail = Array("Received: by somebody\r\n\tin two lines\r\nSubject: one\r\n\r\n.dot\r\n..two\r\n".utf8)
        try await dialogue.send([mail, mail], from: ann, to: desk)
        _ = try await dialogue.send(mail, from: nil, to: [desk, ann])
        try await dialogue.quit()
        try await waitUntil("three mails") { try await sink.count() == 3 }
        let mails = try await sink.mails()
        #expect(
            mails.map(\.recipients).sorted { $0.count < $1.count } == [
                [desk.text], [desk.text], [desk.text, ann.text],
            ])
        #expect(mails.filter { $0.sender == ann.text }.count == 2)
        #expect(mails.filter { $0.sender.isEmpty }.count == 1)
        #expect(mails.allSatisfy { $0.bytes == mail })
        await sink.stop()
        #expect(!sink.isRunning)
    }

    @Test func `smtp-source sends as many mails as it was told to`() async throws {
        let sink = try SMTPSink(keepingMailsIn: TestFolder.make("sink"))
        try await sink.start()
        let time = try await SMTPSource.run(to: sink.port, count: 200, size: 2_000, sessions: 4)
        #expect(try await sink.count() == 200)
        #expect(time < .seconds(60))
        await sink.stop()
    }

    @Test func `A sink that was told to refuses for now or for good`() async throws {
        let ann = try #require(EmailAddress("ann@customer.example"))
        for (options, code) in [(["-r", "rcpt"], 450), (["-f", "."], 500)] {
            let sink = try SMTPSink(options: options)
            try await sink.start()
            let dialogue = try await SMTPDialogue.connect(port: sink.port)
            let reply = try #require(try await dialogue.send(Array("a: b\n\nc\n".utf8), from: ann, to: [ann]).first)
            #expect(reply.code == code)
            await sink.stop()
        }
    }

    @Test func `Lines end in CRLF and leading dots are doubled on the wire`() {
        let cases = [
            ("a\n.b\n", "a\r\n..b\r\n.\r\n"), ("a\r\n.\r\n", "a\r\n..\r\n.\r\n"), ("", ".\r\n"), ("x", "x\r\n.\r\n"),
            (".", "..\r\n.\r\n"),
        ]
        for (mail, wire) in cases {
            #expect(String(decoding: SMTPDialogue.onTheWire(Array(mail.utf8)), as: UTF8.self) == wire)
        }
    }
}
