// `try mail`: everything that reading makes of a raw mail.

import ArgumentParser
import Correspondence
import Foundation

struct TryMail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "Read raw mails and show everything the gateway knows of them.",
        discussion: """
            Kind is the first that fits of loop, bounce, report, autoReply, bulk and human; answerable says whether the \
            mail may get an automatic answer, and why not. Nobody's Authentication-Results are believed unless named.

            Example: deskbridge try mail --desk support@acme.example --json mails/*.eml
            """)

    @Argument(help: "Raw mails (.eml), or - for standard input.")
    var files: [String]

    @OptionGroup var context: ReadingOptions
    @OptionGroup var json: JSONOption

    func run() async throws {
        let reader = Parts.mailReader
        let reading = try context.context()
        let isJSON = json.isOn
        let unread = UnreadInputs()
        await OrderedWork<FileInput, [UInt8]>(batch: 4).run(
            FileSource(files),
            transform: { input in
                unread.note(input)
                switch input.content {
                case .failure(let reason): return Self.failure(input.path, reason.text, isJSON)
                case .success(let bytes):
                    do {
                        let message = try await reader.read(bytes, in: reading)
                        return isJSON
                            ? Array("\(Self.object(input.path, message).line)\n".utf8)
                            : Array(Self.text(input.path, message).utf8)
                    } catch {
                        return Self.failure(input.path, "\(error)", isJSON)
                    }
                }
            },
            emit: { Terminal.write(Array($0.joined())) })
        try unread.conclude()
    }

    private static func failure(_ file: String, _ error: String, _ isJSON: Bool) -> [UInt8] {
        guard isJSON else { return TryFailure(file: file, error: error).bytes(isJSON: false) }
        guard case .object(var fields) = object(file, Message()) else { return [] }
        let nothing = ["subject", "kind", "language", "text", "newText", "verified"]
        for (index, field) in fields.enumerated() {
            switch field.0 {
            case "parsed", "answerable": fields[index].1 = .bool(false)
            case "error": fields[index].1 = .string(error)
            default: if nothing.contains(field.0) { fields[index].1 = .null }
            }
        }
        return Array("\(JSON.object(fields).line)\n".utf8)
    }

    static func object(_ file: String, _ message: Message) -> JSON {
        func people(_ people: [NamedAddress]) -> JSON { .array(people.map { .person($0) }) }
        let attachments = message.attachments.map { attachment in
            JSON.object([
                ("name", .text(attachment.name)), ("type", .string(attachment.type)), ("size", .int(attachment.size)),
                ("inline", .bool(attachment.isInline)), ("contentID", .text(attachment.contentID)),
            ])
        }
        let bounce = message.bounce.map { bounce in
            JSON.object([
                ("recipient", .text(bounce.recipient)), ("status", .text(bounce.status)),
                ("diagnostic", .text(bounce.diagnostic)), ("originalMessageID", .text(bounce.originalMessageID?.text)),
            ])
        }
        return .object([
            ("file", .string(file)), ("parsed", .bool(true)), ("error", .null),
            ("messageID", .text(message.messageID?.text)), ("inReplyTo", .texts(message.inReplyTo.map(\.text))),
            ("references", .texts(message.references.map(\.text))), ("subject", .string(message.subject)),
            ("from", .person(message.from)), ("to", people(message.to)), ("cc", people(message.cc)),
            ("replyTo", people(message.replyTo)), ("date", .text(message.date?.rfc3339)),
            ("kind", .string(message.kind.rawValue)), ("answerable", .bool(message.answerable)),
            ("answerableReasons", .texts(message.answerableReasons)), ("language", .string(message.language)),
            ("text", .string(message.text)), ("newText", .string(message.newText)),
            ("signature", .text(message.signature)), ("quoted", .text(message.quoted)), ("html", .text(message.html)),
            ("attachments", .array(attachments)), ("bounce", bounce ?? .null),
            ("verified", .bool(message.verification.isVerified)),
        ])
    }

    private static func text(_ file: String, _ message: Message) -> String {
        func people(_ people: [NamedAddress]) -> String { people.map(shown).joined(separator: ", ") }
        let kind = message.kindReason.map { "\(message.kind.rawValue) (\($0))" } ?? message.kind.rawValue
        let answerable = message.answerable ? "yes" : "no: \(message.answerableReasons.joined(separator: "; "))"
        let verified = "\(message.verification.isVerified ? "yes" : "no"): \(message.verification.reason)"
        let attachments = message.attachments.map {
            "\($0.name ?? "(no name)"), \($0.type), \($0.size) bytes\($0.isInline ? ", inline" : "")"
        }
        let bounce = message.bounce.map {
            [$0.recipient, $0.status, $0.diagnostic, $0.originalMessageID?.text].compactMap(\.self).joined(
                separator: ", ")
        }
        return [
            "\(file)\n",
            Terminal.field("from", message.from.map(shown)), Terminal.field("to", people(message.to)),
            Terminal.field("cc", people(message.cc)), Terminal.field("reply-to", people(message.replyTo)),
            Terminal.field("subject", message.subject), Terminal.field("date", message.date?.rfc3339),
            Terminal.field("message-id", message.messageID?.text),
            Terminal.field("in-reply-to", message.inReplyTo.map(\.text).joined(separator: " ")),
            Terminal.field("references", message.references.map(\.text).joined(separator: " ")),
            Terminal.field("kind", kind), Terminal.field("answerable", answerable),
            Terminal.field("verified", verified), Terminal.field("language", message.language),
            Terminal.field("attachments", attachments.joined(separator: "\n")), Terminal.field("bounce", bounce),
            Terminal.field("new text", message.newText), Terminal.field("signature", message.signature),
            Terminal.field("quoted", message.quoted), "\n",
        ].joined()
    }

    private static func shown(_ person: NamedAddress) -> String {
        person.name.map { "\($0) <\(person.address)>" } ?? person.address.text
    }
}

/// What the reader should know of a desk, where there is one.
struct ReadingOptions: ParsableArguments {
    @Option(help: "The desk's own address: mail from it is a loop.")
    var desk: [String] = []

    @Option(
        help: ArgumentHelp(
            "A server whose Authentication-Results are believed, or first for the topmost.", valueName: "server"))
    var authenticationResults: [String] = []

    func context() throws -> ReadingContext {
        let addresses = try desk.map { try OptionText.parse("--desk", $0, SettingsText.address) }
        let trust: AuthenticationTrust =
            authenticationResults.isEmpty
            ? .nobody : authenticationResults == ["first"] ? .firstPosition : .servers(authenticationResults)
        return ReadingContext(ownAddresses: addresses, trust: trust)
    }
}
