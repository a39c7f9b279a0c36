// What the rules on kind and answering look at: one mail, read once.
import Correspondence

struct MailFacts {
    let headers: HeaderBlock
    let parts: [Part]
    /// Ids, addresses, subject and texts are filled in.
    let message: Message
    let context: ReadingContext
    /// The raw mail, for the parts that bounces need.
    let mail: UnsafeRawBufferPointer

    /// A header's first word in lower case: parameters and comments do not count.
    func word(_ name: String) -> String? {
        headers.first(name).map { HeaderGrammar.keyword($0) }
    }

    func lowered(_ name: String) -> String { headers.plain(name)?.lowercased() ?? "" }

    /// `Return-Path: <>`: an envelope that must never be answered (RFC 5321 section 4.5.5).
    var hasNullSender: Bool {
        guard let path = headers.plain("return-path") else { return false }
        return path.filter { $0 != " " } == "<>" || path.isEmpty
    }

    var localPart: String { message.from?.address.localPart.lowercased() ?? "" }

    /// In-Reply-To or References are there, or the subject bears a reply prefix.
    var isAnswer: Bool {
        !message.inReplyTo.isEmpty || !message.references.isEmpty || SubjectLine.isReply(message.subject)
    }

    /// The headers name the mail it answers.
    var answersByID: Bool { !message.inReplyTo.isEmpty || !message.references.isEmpty }

    var isDaemon: Bool {
        localPart == "mailer-daemon" || localPart == "postmaster" || localPart == "mailerdaemon"
            || localPart.hasPrefix("mailer-daemon") || localPart.hasPrefix("microsoftexchange")
    }

    func part(_ type: String) -> Part? { parts.first { $0.content.value == type } }

    /// Tokens of `X-Auto-Response-Suppress`, lower case.
    var suppressed: Set<String> {
        Set(lowered("x-auto-response-suppress").split { $0 == "," || $0 == " " || $0 == ";" }.map(String.init))
    }

    /// `Auto-Submitted` in RFC 3834's words, nil for absent or `no`.
    var autoSubmitted: String? {
        guard let value = word("auto-submitted"), !value.isEmpty, value != "no" else { return nil }
        return value
    }

    var precedence: String? { word("precedence") ?? word("x-precedence") }

    static let listHeaders = [
        "list-id", "list-owner", "list-subscribe", "list-unsubscribe", "list-post", "list-help", "list-archive",
        "mailing-list", "x-mailing-list",
    ]

    /// The list header that makes this a list's mail; our own groups do not count.
    var listHeader: String? {
        guard let name = Self.listHeaders.first(where: { headers.has($0) }) else { return nil }
        return isOwnList ? nil : name
    }

    /// Whether the list is one of our groups: by List-Post, or by a List-Id made of the group's address.
    var isOwnList: Bool {
        guard !context.lists.isEmpty else { return false }
        let named = ["list-id", "list-post", "mailing-list", "x-mailing-list"].map { lowered($0) }.joined(
            separator: " ")
        return context.lists.contains { list in
            named.contains(list.key) || named.contains("<\(list.localPart).\(list.domain)>".lowercased())
        }
    }
}
