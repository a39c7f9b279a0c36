// Attachments and raw mails as files: for whom, under which name, as what, and nothing after an erasure.

import Correspondence
import Foundation
import Gateway
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct MailFilesTests {
    private static let files = [
        MailAttachment(
            name: "Rechnung für März.pdf", type: "application/pdf", size: 20, isInline: false, contentID: nil, part: 2),
        MailAttachment(
            name: "../../page.html", type: "text/html", size: 10, isInline: false, contentID: nil, part: 3),
        MailAttachment(
            name: nil, type: "image/svg+xml", size: 10, isInline: true, contentID: "a@b", part: 5),
    ]

    @Test("an attachment is downloaded from the page and over the API, never shown")
    func download() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting(attachments: Self.files)
            let message = try #require(try await desk.store.messages(of: id).first)
            let session = try await desk.signIn()
            let page = try await client.call(.get, "/admin/conversations/\(id)", cookie: session.cookie).text
            for number in 1...3 {
                #expect(page.contains("href=\"/admin/messages/\(message.id)/attachments/\(number)\" download"))
            }
            #expect(page.contains("href=\"/admin/messages/\(message.id)/raw\" download"))
            let token = try #require(desk.seams.signer.chatToken(for: id))
            let api = "/api/support/conversations/\(id)/messages/\(message.id)/attachments"
            let calls: [(String, key: String?, cookie: String?)] = [
                ("/admin/messages/\(message.id)/attachments", nil, session.cookie), (api, desk.keys.reader, nil),
                (api, token, nil),
            ]
            for call in calls {
                func get(_ number: String) async throws -> Client.Answer {
                    try await client.call(.get, "\(call.0)/\(number)", key: call.key, cookie: call.cookie)
                }
                let first = try await get("1")
                #expect(first.status == 200 && first.text == "bytes of Rechnung für März.pdf")
                #expect(first.headers[.contentType] == "application/pdf")
                #expect(
                    first.headers[.contentDisposition]
                        == "attachment; filename=\"Rechnung f_r M_rz.pdf\"; filename*=UTF-8''Rechnung%20f%C3%BCr%20M%C3%A4rz.pdf"
                )
                let second = try await get("2")
                #expect(second.headers[.contentType] == "application/octet-stream")
                #expect(second.headers[.contentDisposition]?.contains("filename=\"page.html\"") == true)
                let third = try await get("3")
                #expect(third.headers[.contentType] == "application/octet-stream")
                #expect(third.headers[.contentDisposition]?.contains("filename=\"attachment-3\"") == true)
                for answer in [first, second, third] {
                    #expect(answer.headers[.contentTypeOptions] == "nosniff")
                    #expect(answer.headers[.contentSecurityPolicy]?.hasPrefix("sandbox; default-src 'none'") == true)
                    #expect(answer.headers[.cacheControl] == "no-store")
                }
                for wrong in ["0", "4", "-1", "x", "99999999999999999999"] {
                    #expect(try await get(wrong).status == 404, "\(wrong)")
                }
            }
        }
    }

    @Test("only who may read the conversation has its files, and raw mails are for agents")
    func rights() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting(attachments: Self.files)
            let other = try await desk.waiting(from: "bob@example.org")
            let message = try #require(try await desk.store.messages(of: id).first).id
            let token = try #require(desk.seams.signer.chatToken(for: other))
            let path = "/api/support/conversations/\(id)/messages/\(message)"
            let admin = "/admin/messages/\(message)"
            let session = try await desk.signIn()
            for (address, key, status) in [
                ("\(path)/attachments/1", nil, 401), ("\(path)/attachments/1", token, 403),
                ("\(path)/attachments/1", desk.keys.chat, 403), ("\(path)/raw", desk.keys.reader, 403),
                ("\(path)/raw", desk.keys.agent, 200), ("\(admin)/attachments/1", desk.keys.admin, 401),
                ("\(admin)/raw", nil, 401),
                // Another conversation's message looks like none, whoever asks by whatever way.
                ("/api/support/conversations/\(other)/messages/\(message)/attachments/1", token, 404),
                ("/api/support/conversations/\(other)/messages/\(message)/raw", desk.keys.admin, 404),
            ] as [(String, String?, Int)] {
                #expect(try await client.call(.get, address, key: key).status == status, "\(address)")
            }
            let raw = try await client.call(.get, "\(admin)/raw", cookie: session.cookie)
            #expect(raw.status == 200 && raw.text.contains("Where is my parcel?"))
            #expect(raw.headers[.contentDisposition]?.hasPrefix("attachment; filename=\"\(message).eml\"") == true)
            #expect(raw.headers[.contentType] == "application/octet-stream")
        }
    }

    @Test("nothing is left after an erasure, and what went out or was never a mail has none")
    func gone() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting(attachments: Self.files)
            try await desk.conclude(id, reply: "Tomorrow.")
            let messages = try await desk.store.messages(of: id)
            let path = "/api/support/conversations/\(id)/messages"
            func get(_ end: String) async throws -> Int {
                try await client.call(.get, "\(path)/\(end)", key: desk.keys.admin).status
            }
            #expect(try await get("\(messages[0].id)/raw") == 200)
            #expect(try await get("\(messages[1].id)/raw") == 404)
            #expect(try await get("\(messages[1].id)/attachments/1") == 404)
            #expect(try await get("nobody/raw") == 404)
            try await desk.store.erase(id)
            for end in ["raw", "attachments/1"] {
                #expect(try await get("\(messages[0].id)/\(end)") == 404)
                let session = try await desk.signIn()
                let page = try await client.call(
                    .get, "/admin/messages/\(messages[0].id)/\(end)", cookie: session.cookie)
                #expect(page.status == 404)
            }
        }
    }

    @Test("a conversation's attachments stand in its JSON")
    func listed() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting(attachments: Self.files)
            let answer = try await client.call(.get, "/api/support/conversations/\(id)", key: desk.keys.reader)
            let attachments = try answer.json(ConversationJSON.self).messages[0].attachments
            #expect(attachments.map(\.number) == [1, 2, 3] && attachments.map(\.size) == [20, 10, 10])
            #expect(attachments.map(\.name) == ["Rechnung für März.pdf", "../../page.html", nil])
            #expect(attachments.map(\.inline) == [false, false, true])
        }
    }

    @Test(
        "a file name is a name and nothing else",
        arguments: [
            ("a.pdf", "a.pdf"), ("../../etc/passwd", "passwd"), ("C:\\temp\\x.exe", "x.exe"), (".bashrc", "bashrc"),
            ("a\r\nSet-Cookie: x=1", "aSet-Cookie x=1"), ("a\"; filename=\"b.exe", "a filename=b.exe"),
            ("invoice\u{202E}fdp.exe", "invoicefdp.exe"), ("%41.txt", "41.txt"), ("...", "f"), ("", "f"), ("/", "f"),
            ("請求書.pdf", "請求書.pdf"), ("a.txt . .", "a.txt"), ("\u{200B}\u{FEFF}", "f"),
        ])
    func names(given: String, kept: String) {
        let name = FileName(given, or: "f")
        #expect(name.text == kept)
        #expect(name.disposition.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        #expect(name.disposition.components(separatedBy: "\"").count == 3)
    }

    @Test("a long name keeps its ending")
    func longName() {
        let name = FileName(String(repeating: "ü", count: 5000) + ".pdf", or: "f").text
        #expect(name.count == FileName.limit && name.hasSuffix("ü.pdf"))
        #expect(
            FileName(String(repeating: ".", count: 5000) + String(repeating: "x", count: 5000), or: "f").text.count
                <= 120)
    }
}
