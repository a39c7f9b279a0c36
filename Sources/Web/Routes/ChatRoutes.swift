// The chat: a message in, the answer out, as JSON or as a stream that tells what is being done.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird
import Reports

struct ChatRoutes: Sendable {
    let seams: WebSeams
    let settings: WebSettings
    let origins: OriginRule
    let cookies: CookieNames
    let limiter: RateLimiter
    let keyLimiter: RateLimiter
    static let textLimit = 20_000

    func add(to router: NotedRouter) {
        router.post("api/support/chat", use: say)
        router.get("chat") { request, _ in
            guard request.uri.path == "/chat" else { throw Problem.notFound("page") }
            return Response.html(seams.pages.chat(desk: seams.desk, asksAddress: settings.sendsMail))
        }
        for (name, type) in [("chat.css", "text/css"), ("chat.js", "text/javascript")] {
            router.get("chat/\(name)") { _, _ in
                Response.text(seams.pages.asset("page/\(name)") ?? "", type: "\(type); charset=utf-8")
            }
        }
    }

    private struct Call: Sendable {
        var text: String
        var conversation: ConversationID?
        var user: ChatMessage.User?
        var isIdentityTrusted: Bool
    }

    @Sendable private func say(_ request: Request, _ context: WebContext) async throws -> Response {
        try limit(context)
        try admit(request, context)
        let call = try call(try await request.json(ChatRequestJSON.self, context: context), context)
        let wantsStream = request.headers[values: .accept].contains { $0.contains("text/event-stream") }
        return wantsStream ? stream(call, context) : try await answer(call)
    }

    private func limit(_ context: WebContext) throws(Problem) {
        switch context.caller {
        case .key(let key): try keyLimiter.require(key.id)
        case .nobody: try limiter.require(ProxyTrust.rateKey(context.client))
        case .customer(let conversation):
            try limiter.require(ProxyTrust.rateKey(context.client))
            try limiter.require(conversation.text)
        case .session, .local: break
        }
    }

    /// Nobody by default: a page of an allowed origin, a key that may, or the token of a conversation begun so.
    private func admit(_ request: Request, _ context: WebContext) throws(Problem) {
        if let origin = request.headers[.origin], !origins.allows(origin), case .session = context.caller {
            throw Problem(.forbidden, code: "origin", detail: "this site may not open a chat here")
        }
        switch context.caller {
        case .nobody:
            guard let origin = request.headers[.origin] else { throw .unauthorized }
            guard origins.allows(origin) else {
                throw Problem(.forbidden, code: "origin", detail: "this site may not open a chat here")
            }
        case .customer: break
        case .key, .session, .local: try context.require(.chatIdentify)
        }
    }

    private func call(_ body: ChatRequestJSON, _ context: WebContext) throws(Problem) -> Call {
        guard body.message.utf8.count <= Self.textLimit * 4, body.message.count <= Self.textLimit else {
            throw Problem(.contentTooLarge, code: "tooLarge", detail: "a message has at most 20,000 characters")
        }
        var conversation: ConversationID?
        var isTrusted = false
        switch context.caller {
        case .customer(let own):
            guard body.conversationId == nil || body.conversationId == own.text else { throw .otherConversation }
            conversation = own
        case .nobody, .key, .session, .local:
            if case .nobody = context.caller {} else { isTrusted = true }
            if let token = body.token {
                guard let shown = seams.signer.conversation(ofChatToken: token) else { throw .noChatToken }
                conversation = shown
            }
            guard body.conversationId == nil || body.conversationId == conversation?.text else {
                throw Problem(
                    .forbidden, code: "token",
                    detail: body.token == nil
                        ? "a conversation goes on with its \"token\", which the chat's first answer gave"
                        : "\"token\" is of another conversation than \"conversationId\"")
            }
        }
        return Call(
            text: body.message, conversation: conversation, user: try body.user.map(Self.user),
            isIdentityTrusted: isTrusted && body.user != nil)
    }

    private static func user(_ user: ChatRequestJSON.User) throws(Problem) -> ChatMessage.User {
        func short(_ text: String?) -> String? { text.map { String(ChatMessage.cleaned($0).prefix(200)) } }
        var email: EmailAddress?
        if let text = user.email, !text.isEmpty { email = try EmailAddress.read(text, named: "user.email") }
        return ChatMessage.User(id: short(user.id), name: short(user.name), email: email, role: short(user.role))
    }

    private func token(_ conversation: ConversationID, _ call: Call) -> String? {
        call.conversation == nil ? seams.signer.chatToken(for: conversation) : nil
    }

    private func answer(_ call: Call) async throws -> Response {
        let known = Latest<ConversationID>()
        let json: ChatAnswerJSON
        do {
            let answer = try await seams.chat.say(
                call.text, conversation: call.conversation, user: call.user, isIdentityTrusted: call.isIdentityTrusted,
                progress: { if case .drafting(let conversation) = $0 { known.set(conversation) } })
            json = ChatAnswerJSON(answer, token: token(answer.conversation, call))
        } catch {
            guard error.code == .tooLate, let conversation = known.value else { throw error }
            json = ChatAnswerJSON(undecided: conversation, token: token(conversation, call))
        }
        var response = Response.json(json)
        if let token = json.token { response.headers[.setCookie] = cookies.header(cookies.chat, token, age: .days(7)) }
        return response
    }

    /// `status…`, then `reply` or `problem`. No word of an answer leaves before it is decided.
    private func stream(_ call: Call, _ context: WebContext) -> Response {
        let channel = context.channel
        return Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { writer in
                let (texts, text) = AsyncStream<String>.makeStream()
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await speak(call) { text.yield($0) }
                        text.finish()
                    }
                    for await piece in texts {
                        // A client that left does not undo its message: what was accepted is worked through.
                        guard (try? await EventStream.write(piece, to: &writer, channel: channel)) != nil else {
                            group.cancelAll()
                            break
                        }
                    }
                }
                try await writer.finish(nil)
            })
    }

    private func speak(_ call: Call, _ say: @escaping @Sendable (String) -> Void) async {
        let known = Latest<ConversationID>()
        do {
            let answer = try await seams.chat.say(
                call.text, conversation: call.conversation, user: call.user, isIdentityTrusted: call.isIdentityTrusted,
                progress: { progress in
                    switch progress {
                    case .accepted:
                        say(EventStream.text("status", StatusJSON(status: "accepted", text: "Your message is here.")))
                    case .drafting(let conversation):
                        known.set(conversation)
                        say(EventStream.text("status", StatusJSON(status: "drafting", text: "Looking for an answer…")))
                    }
                })
            say(EventStream.text("reply", ChatAnswerJSON(answer, token: token(answer.conversation, call))))
        } catch {
            if error.code == .tooLate, let conversation = known.value {
                say(
                    EventStream.text("reply", ChatAnswerJSON(undecided: conversation, token: token(conversation, call)))
                )
            } else {
                say(EventStream.text("problem", Problem(error)))
            }
        }
    }
}
