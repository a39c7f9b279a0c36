// Attachments and whole mails as files: taken out of the kept bytes, and handed over so that no browser opens them.

import Correspondence
import HTTPTypes
import Hummingbird
import NIOCore

/// A file of a stranger's is never shown in the desk's own name: it is an attachment of no known type, in a sandbox, and
/// the name it came with is a proposal for saving it, nothing more.
struct MailFiles: Sendable {
    let seams: WebSeams
    /// For customers, who may have their own conversation's files.
    let limiter: RateLimiter

    /// Types that a program may be told of: nothing in them acts.
    private static let harmless: Set<String> = [
        "application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain",
    ]
    private static let policy = "sandbox; default-src 'none'; frame-ancestors 'none'"

    func add(to router: NotedRouter) {
        let message = "api/support/conversations/:id/messages/:message"
        router.get("\(message)/attachments/:part") { request, context in
            let (conversation, id) = try ids(context)
            try context.requireReading(conversation)
            if case .customer(let own) = context.caller { try limiter.require(own.text) }
            return try await attachment(of: try await self.message(id, in: conversation), context)
        }
        router.get("\(message)/raw") { request, context in
            let (conversation, id) = try ids(context)
            try context.require(.agent)
            return try await raw(try await self.message(id, in: conversation))
        }
        router.get("admin/messages/:id/attachments/:part") { request, context in
            try Self.requirePages(context)
            return try await attachment(of: try await seams.store.message(try context.identifier("id")), context)
        }
        router.get("admin/messages/:id/raw") { request, context in
            try Self.requirePages(context)
            return try await raw(try await seams.store.message(try context.identifier("id")))
        }
    }

    private static func requirePages(_ context: WebContext) throws(Problem) {
        switch context.caller {
        case .session, .local: break
        case .nobody, .customer, .key: throw .unauthorized
        }
    }

    private func ids(_ context: WebContext) throws(Problem) -> (ConversationID, MessageRecordID) {
        (try context.identifier("id"), try context.identifier("message"))
    }

    /// Another conversation's message looks like none at all.
    private func message(_ id: MessageRecordID, in conversation: ConversationID) async throws -> SupportMessage {
        let message = try await seams.store.message(id)
        guard message.conversation == conversation else { throw Problem.notFound("message") }
        return message
    }

    /// The `:part`-th of the message's attachments, from 1.
    private func attachment(of message: SupportMessage, _ context: WebContext) async throws -> Response {
        guard let number = context.parameters.get("part").flatMap({ Int($0) }),
            message.attachments.indices.contains(number - 1)
        else { throw Problem.notFound("attachment") }
        let attachment = message.attachments[number - 1]
        let mail = try await mail(of: message)
        let bytes: [UInt8]
        do {
            bytes = try await seams.reader.part(attachment.part, of: mail)
        } catch {
            throw Problem.notFound("attachment in the kept mail")
        }
        let type = Self.harmless.contains(attachment.type) ? attachment.type : "application/octet-stream"
        return Self.file(bytes, type: type, name: FileName(attachment.name, or: "attachment-\(number)"))
    }

    private func raw(_ message: SupportMessage) async throws -> Response {
        Self.file(
            try await mail(of: message), type: "application/octet-stream",
            name: FileName("\(message.id).eml", or: "mail"))
    }

    /// What a chat keeps is no mail, and what went out was made at delivery.
    private func mail(of message: SupportMessage) async throws -> [UInt8] {
        guard message.direction == .incoming, message.channel.kind != .chat, let arrival = message.arrival else {
            throw Problem.notFound("mail: only what came in as a mail is kept as one")
        }
        do {
            return try await seams.store.mail(arrival)
        } catch  where error.code == .notFound {
            throw Problem(.notFound, code: "notFound", detail: "the mail itself is not kept any more")
        }
    }

    private static func file(_ bytes: [UInt8], type: String, name: FileName) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .contentDisposition: name.disposition, .contentSecurityPolicy: policy,
                .resourcePolicy: "same-origin",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// A name that a stranger gave, as one to save a file under.
struct FileName: Sendable, Equatable {
    /// In Unicode scalars.
    static let limit = 120
    static let endingLimit = 11
    let text: String

    /// The last part of a path, without what steers terminals, shells or the order of letters (a name must not look as if
    /// it ended otherwise), and without dots at its ends; `fallback` where nothing is left.
    init(_ name: String?, or fallback: String) {
        let last = (name ?? "").split { $0 == "/" || $0 == "\\" }.last ?? ""
        let kept = last.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
            default: !"\"<>:|?*;%".unicodeScalars.contains(scalar)
            }
        }
        var text = Self.trimmed(String(String.UnicodeScalarView(kept)))
        if text.unicodeScalars.count > Self.limit {
            // The ending is what a program knows it by.
            let ending =
                text.lastIndex(of: ".").map { String(text[$0...].unicodeScalars.prefix(Self.endingLimit)) } ?? ""
            let room = Self.limit - ending.unicodeScalars.count
            text = Self.trimmed(String(text.unicodeScalars.prefix(room))) + ending
        }
        self.text = text.isEmpty ? fallback : text
    }

    private static func trimmed(_ text: String) -> String {
        func isEdge(_ character: Character) -> Bool { character == "." || character.isWhitespace }
        let head = text.drop(while: isEdge)
        guard let last = head.lastIndex(where: { !isEdge($0) }) else { return "" }
        return String(head[...last])
    }

    /// RFC 6266, with the name in UTF-8 as RFC 8187 has it beside an ASCII one for old programs.
    var disposition: String {
        let plain = text.unicodeScalars.map { $0.isASCII ? Character($0) : "_" }
        return "attachment; filename=\"\(String(plain))\"; filename*=UTF-8''\(AdminRoutes.escaped(text))"
    }
}
