// One mail read from beginning to end: headers, words, attachments, then the judgements on them.
import Correspondence

struct MessageAssembly {
    private(set) var message = Message()
    private let mail: UnsafeRawBufferPointer
    private let headers: HeaderBlock
    /// That of the text: raw 8-bit names and the subject are read by it.
    private let charset: String?

    /// Blocks the thread for as long as it takes.
    init(
        _ mail: UnsafeRawBufferPointer, _ headers: HeaderBlock, _ tree: PartTree, in context: ReadingContext,
        guess: any LanguageGuess
    ) {
        self.mail = mail
        self.headers = headers
        charset = tree.textCharset
        readHeaders()
        let body = BodyParts(tree)
        var words = BodyWords(mail, parts: tree.parts, pieces: body.pieces)
        readAttachments(body, tree.parts, &words)
        let item = CalendarItem.first(in: tree.parts, of: mail)
        if let item { words.take(item) }
        message.text = words.text
        message.html = words.html
        readWords(words.marked)
        judge(tree.parts, context)
        readLanguage(context, guess)
        // An answer to an invitation has no news beyond its words.
        if let item, item.method != "REPLY", message.text != item.words, !item.isTold(in: message.text) {
            message.text += "\n\n\(item.words(beside: message.text))"
        }
    }

    // MARK: Headers

    private mutating func readHeaders() {
        message.messageID = headers.first("message-id").flatMap { HeaderGrammar.messageIDs($0).first }
        message.inReplyTo = ids("in-reply-to")
        message.references = ids("references")
        message.subject = headers.text("subject", charset: charset) ?? ""
        let from = mailboxes("from")
        message.from = from.count == 1 ? from.list.first : nil
        message.sender = mailboxes("sender").list.first
        message.to = mailboxes("to").list
        message.cc = mailboxes("cc").list
        // Of two, nobody knows which one the sender wrote (RFC 5322 section 3.6 allows one).
        message.replyTo = headers.all("reply-to").count == 1 ? mailboxes("reply-to").list : []
        message.date = headers.first("date").flatMap(HeaderGrammar.date)
        message.threadIndex = headers.first("thread-index").flatMap { ThreadIndex($0) }
        readRecipients()
    }

    private func ids(_ name: String) -> [MessageID] {
        var seen: Set<MessageID> = []
        let all = headers.all(name).flatMap { HeaderGrammar.messageIDs($0) }
        return all.prefix(MailLimits.references).filter { seen.insert($0).inserted }
    }

    private func mailboxes(_ name: String) -> (list: [NamedAddress], count: Int) {
        var list: [NamedAddress] = []
        var count = 0
        for value in headers.all(name) {
            let found = HeaderGrammar.addresses(value, charset: charset)
            list += found.list
            count += found.mailboxes
            if count >= MailLimits.addresses { break }
        }
        return (list, count)
    }

    private mutating func readRecipients() {
        var all = (message.to + message.cc).map(\.address)
        for name in [
            "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "resent-to", "resent-cc", "x-forwarded-to",
            "apparently-to", "x-delivered-to",
        ] where headers.has(name) {
            all += mailboxes(name).list.map(\.address)
        }
        var seen: Set<EmailAddress> = []
        message.recipients = all.filter { seen.insert($0).inserted }
    }

    // MARK: Parts

    /// The parts that are files, then the files within texts, then those within each `winmail.dat`, which goes itself
    /// where it could be opened.
    private mutating func readAttachments(_ body: BodyParts, _ parts: [Part], _ words: inout BodyWords) {
        var next = parts.count
        var packed: [Attachment] = []
        for (index, file) in words.files.enumerated() {
            packed.append(
                Attachment(
                    name: file.name.isEmpty ? nil : file.name, type: file.type, size: file.data.count, isInline: false,
                    contentID: nil, part: next + index))
        }
        next += words.files.count
        for index in body.attachments {
            let part = parts[index]
            let count = EnclosedFiles.withTNEF(part, of: mail) { found in
                for (offset, file) in found.files.enumerated() {
                    packed.append(
                        Attachment(
                            name: file.name, type: file.type, size: file.data.count, isInline: file.isInline,
                            contentID: file.contentID, part: next + offset))
                }
                words.take(found)
                return found.files.count
            }
            if let count {
                next += count
            } else {
                message.attachments.append(attachment(index, part, isInline: body.isInline(index)))
            }
        }
        message.attachments += packed
    }

    private func attachment(_ index: Int, _ part: Part, isInline: Bool) -> Attachment {
        let name = part.filename ?? ""
        return Attachment(
            name: name.isEmpty ? nil : name, type: part.content.value,
            size: part.encoding.decodedSize(UnsafeRawBufferPointer(rebasing: mail[part.body])), isInline: isInline,
            contentID: part.contentID, part: index)
    }

    // MARK: Words

    private mutating func readWords(_ marked: MarkedText) {
        let isAnswer = !message.inReplyTo.isEmpty || !message.references.isEmpty
        let cutter = QuoteCutter(
            isReply: isAnswer || SubjectLine.isReply(message.subject),
            isForward: SubjectPhrases.isForward(message.subject), sender: message.from?.name)
        let cut = cutter.cut(marked)
        message.newText = cut.newText
        message.quoted = cut.quoted
        message.signature = cut.signature
    }

    private mutating func readLanguage(_ context: ReadingContext, _ guess: any LanguageGuess) {
        let words = message.newText.isEmpty ? message.text : message.newText
        var verdict = guess.guess(words, preferring: context.languages)
        if verdict.language == "und", !message.subject.isEmpty {
            verdict = guess.guess("\(message.subject)\n\(words)", preferring: context.languages)
        }
        message.language = verdict.language
        message.languageCertainty = verdict.certainty
    }

    // MARK: Judgements

    private mutating func judge(_ parts: [Part], _ context: ReadingContext) {
        message.verification = SenderVerdict.judge(headers, from: message.from, trust: context.trust)
        let facts = MailFacts(headers: headers, parts: parts, message: message, context: context, mail: mail)
        let (kind, reason) = KindRule.judge(facts)
        message.kind = kind
        message.kindReason = reason
        message.answerableReasons = AnswerableRule.reasons(facts, kind: kind, kindReason: reason)
        message.answerable = message.answerableReasons.isEmpty
        if kind == .bounce { message.bounce = BounceReader.read(facts) }
    }
}
