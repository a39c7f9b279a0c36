// `try threads`: which mails belong to one conversation.

import ArgumentParser
import Correspondence
import Foundation
import Gateway

struct TryThreads: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "threads",
        abstract: "Put mails into conversations.",
        discussion: """
            Without --desk by RFC 5256 REFERENCES alone. With --desk as the gateway does, in the order given: our \
            tokens (with --secret) and participants are checked, and References, In-Reply-To, where a mail has neither \
            Thread-Index, and subject join only for a verified participant. A copy of a mail goes where the mail went. \
            The topmost Authentication-Results is believed; where no mail has one, the senders \
            are believed.

            The conversation is the path of its first mail, in the order given.

            Example: deskbridge try threads --json mails/*.eml
            """)

    @Argument(help: "Raw mails, or - for standard input.")
    var files: [String]

    @Option(help: "The desk's address: threads as the gateway does.")
    var desk: String?

    @Option(help: ArgumentHelp("The secret of the desk's tokens: file:PATH.", valueName: "file:path"))
    var secret: String?

    @OptionGroup var json: JSONOption

    func validate() throws {
        if secret != nil, desk == nil { throw ValidationError("--secret goes with --desk") }
    }

    func run() async throws {
        let rule = try deskRule()
        let context = ReadingContext(
            ownAddresses: rule.map { [$0.desk] } ?? [], messageIDDomain: rule?.desk.domain,
            trust: rule == nil ? .nobody : .firstPosition)
        var mails: [Mail] = []
        let unread = UnreadInputs()
        await OrderedWork<FileInput, Mail>(batch: 4).run(
            FileSource(files),
            transform: { input in
                unread.note(input)
                switch input.content {
                case .failure(let reason): return Mail(file: input.path, result: .failure(.init(text: reason.text)))
                case .success(let bytes):
                    do {
                        var message = try await Parts.mailReader.read(bytes, in: context)
                        let words = CopiedWords(message.text)
                        // Threading needs no bodies: thousands of mails stay small.
                        for path in [\Message.text, \.newText] { message[keyPath: path] = "" }
                        for path in [\Message.html, \.quoted, \.signature] { message[keyPath: path] = nil }
                        return Mail(
                            file: input.path, result: .success(message), words: words,
                            hasVerdict: Self.hasVerdict(bytes))
                    } catch {
                        return Mail(file: input.path, result: .failure(.init(text: "\(error)")))
                    }
                }
            },
            emit: { mails.append(contentsOf: $0) })
        show(mails, conversations: rule.map { by($0, mails) } ?? byReferences(mails))
        try unread.conclude()
    }

    private struct Mail: Sendable {
        var file: String
        var result: Result<Message, FileInput.Unreadable>
        var words = CopiedWords("")
        var hasVerdict = false

        var message: Message? { try? result.get() }
    }

    private func deskRule() throws -> DeskThreading? {
        guard let desk else { return nil }
        let address = try OptionText.parse("--desk", desk, SettingsText.address)
        guard let secret else { return DeskThreading(desk: address, signer: nil) }
        guard secret.hasPrefix("file:") else { throw Complaint(.usage, "--secret: expected file:PATH") }
        let key = try SigningSecret.read(String(secret.dropFirst(5)))
        return DeskThreading(desk: address, signer: TokenSigner(secret: key, messageIDDomain: address.domain))
    }

    private func byReferences(_ mails: [Mail]) -> [Int?] {
        let readable = mails.indices.filter { mails[$0].message != nil }
        let items = readable.compactMap { index in
            mails[index].message.map {
                ReferencesThreading.Item(
                    messageID: $0.messageID, references: $0.references, inReplyTo: $0.inReplyTo, subject: $0.subject,
                    sentAt: $0.date?.instant)
            }
        }
        var conversations: [Int?] = Array(repeating: nil, count: mails.count)
        for (place, first) in ReferencesThreading.firsts(of: items).enumerated() {
            conversations[readable[place]] = readable[first]
        }
        return conversations
    }

    private func by(_ rule: DeskThreading, _ mails: [Mail]) -> [Int?] {
        var rule = rule
        let believesAll = !mails.contains(where: \.hasVerdict)
        return mails.enumerated().map { index, mail in
            guard let message = mail.message else { return nil }
            return rule.place(
                message, words: mail.words, at: index,
                isVerified: believesAll || message.verification.isVerified)
        }
    }

    private func show(_ mails: [Mail], conversations: [Int?]) {
        for (mail, conversation) in zip(mails, conversations) {
            let path = conversation.map { mails[$0].file }
            switch (mail.result, json.isOn) {
            case (.failure(let reason), _):
                Terminal.write(
                    TryFailure(file: mail.file, error: reason.text).bytes(isJSON: json.isOn, others: ["conversation"]))
            case (.success, true):
                Terminal.print(JSON.object([("file", .string(mail.file)), ("conversation", .text(path))]).line)
            case (.success, false):
                Terminal.print(path == mail.file ? mail.file : "    \(mail.file)  ->  \(path ?? "")")
            }
        }
    }

    /// Whether the header block has an Authentication-Results field.
    private static func hasVerdict(_ mail: [UInt8]) -> Bool {
        let name = Array("authentication-results:".utf8)
        var start = 0
        while start < mail.count {
            let end = mail[start...].firstIndex(of: 0x0A) ?? mail.count
            if end == start || (end == start + 1 && mail[start] == 0x0D) { return false }
            let line = mail[start..<end].prefix(name.count)
            if line.elementsEqual(name, by: { $0 == $1 || ($0 | 32) == $1 }) { return true }
            start = end + 1
        }
        return false
    }
}
