// Outgoing rows for a case: who they go to, what they thread to, which token they carry. Words come from elsewhere.

import Correspondence

struct ReplyMaker: Sendable {
    let policy: GatewayPolicy
    let signer: TokenSigner
    let surroundings: Surroundings
    let reports: any ReportMaker

    /// How long a References header we write on may grow; the composer trims further.
    private static let referenceLimit = 50
    /// What is quoted of a customer's words, in Unicode scalars.
    static let quoteLimit = 10_000

    /// An automatic answer to the newest of the waiting messages, quoting all of them. nil where nobody can be
    /// answered.
    func automaticReply(_ item: DraftingCase, waiting: [SupportMessage], draft: Draft) -> NewOutgoing? {
        guard let last = waiting.last else { return nil }
        var outgoing = reply(
            .automaticReply, to: last, quoting: waiting, in: item.conversation, language: draft.language,
            body: draft.reply, sources: draft.sources, signer: nil)
        outgoing?.covers = waiting.map(\.id)
        return outgoing
    }

    /// To the customer's last own message: a bounce or an out-of-office note that was filed after it is nobody to
    /// answer to.
    func humanReply(
        _ conversation: SupportConversation, messages: [SupportMessage], body: String, agent: String
    ) -> NewOutgoing? {
        let human = messages.filter { $0.direction == .incoming && $0.kind == .human }
        guard
            let last = human.last(where: { $0.author.kind == .customer }) ?? human.last
        else { return nil }
        return reply(
            .humanReply, to: last, quoting: [last], in: conversation, language: conversation.language, body: body,
            sources: [], signer: agent)
    }

    /// A draft that a human let go as it stood: the automatic answer that it would have been, to all that is unanswered.
    func releasedReply(
        _ conversation: SupportConversation, messages: [SupportMessage], draft: Draft
    ) -> NewOutgoing? {
        let unanswered = messages.unanswered
        let own = unanswered.filter { $0.author.kind == .customer }
        let asked = own.isEmpty ? unanswered : own
        // Answered already, and let go all the same: to whoever wrote last.
        guard let last = asked.last ?? messages.last(where: { $0.direction == .incoming && $0.kind == .human }) else {
            return nil
        }
        return reply(
            .humanReply, to: last, quoting: asked.isEmpty ? [last] : asked, in: conversation, language: draft.language,
            body: draft.reply, sources: draft.sources, signer: nil)
    }

    /// In the chat, once for each ticket; by mail only where the settings wish it, to a verified customer, once a day.
    func acknowledgement(_ item: DraftingCase, waiting: [SupportMessage], language: String) -> NewOutgoing? {
        guard let last = waiting.last else { return nil }
        let line = reports.handoverLine(language: language)
        if last.channel.kind == .chat {
            // Once for a ticket: whoever goes on writing to a person is not told so again and again.
            if let ticket = item.ticket, ticket.status.isLive,
                item.messages.contains(where: { $0.direction == .outgoing && $0.at >= ticket.openedAt })
            {
                return nil
            }
        } else {
            guard policy.acknowledges, last.isVerified, last.answerable, last.author.kind == .customer else {
                return nil
            }
            let yesterday = surroundings.now() - .days(1)
            guard !item.messages.contains(where: { $0.direction == .outgoing && $0.at > yesterday }) else { return nil }
        }
        var outgoing = reply(
            .acknowledgement, to: last, quoting: [], in: item.conversation, language: language, body: line,
            sources: [], signer: nil)
        // None of the customer's words: nobody can make the desk write their text to somebody else.
        outgoing?.reply.subject = policy.desk.name
        outgoing?.reply.to.name = nil
        return outgoing
    }

    /// Nothing is sent in the chat; the row still needs an address, and the desk's own harms nobody.
    func recipient(of message: SupportMessage) -> EmailAddress? {
        message.answerTo ?? message.author.address ?? (message.channel.kind == .chat ? policy.desk.address : nil)
    }

    private func reply(
        _ purpose: OutgoingReply.Purpose, to message: SupportMessage, quoting quoted: [SupportMessage],
        in conversation: SupportConversation, language: String, body: String, sources: [Source], signer agent: String?
    ) -> NewOutgoing? {
        // By the message's own way: a mail that joined a chat is answered by mail.
        let isChat = message.channel.kind == .chat
        // Who left an address in a chat has a person's answer by mail as well. Nobody proved that it is theirs: it gets
        // what a person let go, and none of the words that were written in the chat.
        let isMailed = isChat && purpose == .humanReply && message.answerTo != nil
        guard let address = recipient(of: message),
            let id = signer.messageID(for: conversation.id, random: surroundings.randomBytes(10))
        else { return nil }
        var references = Array(message.references.suffix(Self.referenceLimit))
        // RFC 5322 section 3.6.4: a parent without References has its In-Reply-To stand for them.
        if references.isEmpty, let parent = message.inReplyTo { references = [parent] }
        if let own = message.messageID { references.append(own) }
        let author = message.author.name ?? message.author.address?.text ?? ""
        let quote = quoted.last.map { last in
            OutgoingReply.Quote(
                author: author, date: last.date, text: Self.cut(quoted.map(\.newText).joined(separator: "\n\n")))
        }
        let plus =
            policy.desk.replyAddress == .plus
            ? signer.replyAddress(for: conversation.id, desk: policy.desk.address) : nil
        return NewOutgoing(
            id: surroundings.makeID(), record: surroundings.makeID(),
            reply: OutgoingReply(
                purpose: purpose, messageID: id, to: NamedAddress(name: message.author.name, address: address),
                replyTo: plus,
                subject: isMailed
                    ? policy.desk.name : message.subject.isEmpty ? conversation.subject : message.subject,
                number: policy.desk.tag ? conversation.number : nil, inReplyTo: message.messageID,
                references: references, language: language, body: body, quote: isChat ? nil : quote, signer: agent),
            sources: sources, isChat: isChat && !isMailed)
    }

    private static func cut(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(quoteLimit)
        return scalars.endIndex == text.unicodeScalars.endIndex ? text : String(Substring(scalars)) + " […]"
    }
}

extension SupportMessage {
    /// An automatic reply that the customer has not got, or perhaps not: the next draft takes its place.
    var isUnsentReply: Bool {
        direction == .outgoing && author.kind == .desk && author.name == nil
            && (delivery == .pending || delivery == .inDoubt)
    }
}
