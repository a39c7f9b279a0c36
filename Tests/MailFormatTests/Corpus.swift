// The corpus on disk and the view of a message that its JSON files hold.
import Correspondence
import Foundation

enum Corpus {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    static func mails(in folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: root.appending(path: folder), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "eml" }.sorted { $0.path < $1.path }
    }

    static func mail(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appending(path: path)))
    }

    /// The desk the corpus was written to.
    static let context = ReadingContext(
        ownAddresses: [EmailAddress("support@acme.example")!], messageIDDomain: "desk.acme.example",
        trust: .servers(["mx.acme.example"]), requiresOwnAddress: true)

    static func encoded(_ view: View) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return ((try? encoder.encode(view)) ?? Data()) + Data("\n".utf8)
    }

    struct View: Codable, Equatable {
        struct File: Codable, Equatable {
            var name: String?
            var type: String
            var size: Int
            var inline: Bool
        }
        var messageID: String?
        var inReplyTo: [String]
        var references: [String]
        /// The root and, behind a blank, the depth.
        var threadIndex: String?
        var subject: String
        var from: String?
        var to: [String]
        var cc: [String]
        var replyTo: [String]
        var date: String?
        var kind: String
        var answerable: Bool
        var reasons: [String]
        var text: String
        var newText: String
        var signature: String?
        var quoted: String?
        var html: String?
        var attachments: [File]
        var bounce: Bounce?
        var verified: Bool

        init(_ message: Message) {
            messageID = message.messageID?.text
            inReplyTo = message.inReplyTo.map(\.text)
            references = message.references.map(\.text)
            threadIndex = message.threadIndex.map { "\($0.root) \($0.depth)" }
            subject = message.subject
            from = message.from.map(Self.shown)
            to = message.to.map(Self.shown)
            cc = message.cc.map(Self.shown)
            replyTo = message.replyTo.map(Self.shown)
            date = message.date?.rfc3339
            kind = message.kind.rawValue
            answerable = message.answerable
            reasons = message.answerableReasons
            text = message.text
            newText = message.newText
            signature = message.signature
            quoted = message.quoted
            html = message.html
            attachments = message.attachments.map {
                File(name: $0.name, type: $0.type, size: $0.size, inline: $0.isInline)
            }
            bounce = message.bounce
            verified = message.verification.isVerified
        }

        /// What stands without a transfer encoding is longer with CRLF: sizes are no part of the comparison.
        var withoutSizes: View {
            var view = self
            for index in attachments.indices { view.attachments[index].size = 0 }
            return view
        }

        private static func shown(_ address: NamedAddress) -> String {
            address.name.map { "\($0) <\(address.address.text)>" } ?? address.address.text
        }
    }
}

/// Every text is English to it.
struct FixedGuess: LanguageGuess {
    func guess(_ text: String, among languages: [String]) -> LanguageVerdict {
        LanguageVerdict(language: text.isEmpty ? "und" : "en", certainty: text.isEmpty ? 0 : 1)
    }
}
