// The gateway's rule of joining, run over mails in memory: what the store does with `Threading`, without a store.

import Correspondence
import Gateway

/// Feed it mails in the order they came; a conversation is named by the place of its first mail.
struct DeskThreading: Sendable {
    let desk: EmailAddress
    let signer: TokenSigner?

    private struct Conversation: Sendable {
        var customer: EmailAddress?
        var participants: [EmailAddress] = []
        var subject: String
        var last: Instant?
    }
    /// What tells copies of a mail.
    private struct Body: Sendable {
        var sender: EmailAddress?
        var isHuman: Bool
        var words: CopiedWords
        var place: Int
    }
    /// So many mails of one Message-ID are looked at, and so many conversations of one Thread-Index.
    private static let bearerLimit = 20
    private static let threadLimit = 100

    private var conversations: [Int: Conversation] = [:]
    private var byMessageID: [MessageID: Int] = [:]
    private var byRoot: [String: [Int]] = [:]
    private var bodies: [MessageID: [Body]] = [:]
    private var byToken: [ConversationID: Int] = [:]
    private var bySubject: [String: [Int]] = [:]

    init(desk: EmailAddress, signer: TokenSigner?) {
        self.desk = desk
        self.signer = signer
    }

    /// `words`: of the mail's text.
    mutating func place(_ message: Message, words: CopiedWords, at index: Int, isVerified: Bool) -> Int {
        if let place = copied(message, words) { return place }
        let isOurs = message.from?.address.withoutDetail == desk
        let token = shownToken(message, isOurs: isOurs)
        var place = index
        if isOurs {
            place = nearest(message) ?? known(token) ?? sameThread(message) ?? index
        } else if case .join(let conversation, _, _) = Threading.place(
            Threading.Subject(sender: message.from?.address, isVerified: isVerified),
            candidates: candidates(message, token: token)), let known = Int(conversation.text)
        {
            place = known
        }
        keep(message, at: place, isVerified: isVerified, isOurs: isOurs)
        if let id = message.messageID, bodies[id, default: []].count < Self.bearerLimit {
            bodies[id, default: []].append(
                Body(sender: message.from?.address, isHuman: message.kind == .human, words: words, place: place))
        }
        // A token nobody has shown before names the conversation of the mail that shows it first.
        if let token, byToken[token] == nil { byToken[token] = place }
        return place
    }

    private func shownToken(_ message: Message, isOurs: Bool) -> ConversationID? {
        guard let signer else { return nil }
        if isOurs, let id = message.messageID {
            var own = Message()
            own.inReplyTo = [id]
            if let token = signer.conversation(shownBy: own, desk: desk) { return token }
        }
        return signer.conversation(shownBy: message, desk: desk)
    }

    private func known(_ token: ConversationID?) -> Int? {
        guard let token else { return nil }
        return byToken[token]
    }

    private func nearest(_ message: Message) -> Int? {
        for id in message.ancestors {
            if let place = byMessageID[id] { return place }
        }
        return nil
    }

    private func copied(_ message: Message, _ words: CopiedWords) -> Int? {
        guard let id = message.messageID else { return nil }
        return bodies[id]?.first { body in
            body.sender == message.from?.address && (body.isHuman || message.kind != .human)
                && body.words.areSame(as: words)
        }?.place
    }

    /// The sender's own conversation first, then one that they take part in, then any; of equals the last.
    private func sameThread(_ message: Message) -> Int? {
        guard let root = message.threadRoot, let places = byRoot[root] else { return nil }
        let sender = message.from?.address
        return places.last { sender != nil && conversations[$0]?.customer == sender }
            ?? places.last { place in sender.map { conversations[place]?.participants.contains($0) == true } ?? false }
            ?? places.last
    }

    private func candidates(
        _ message: Message, token: ConversationID?
    ) -> [(evidence: Threading.Evidence, candidate: Threading.Candidate)] {
        var found: [(evidence: Threading.Evidence, candidate: Threading.Candidate)] = []
        func add(_ evidence: Threading.Evidence, _ place: Int) {
            guard let conversation = conversations[place] else { return }
            found.append(
                (
                    evidence,
                    Threading.Candidate(
                        conversation: ConversationID(String(place)), customer: conversation.customer,
                        participants: conversation.participants)
                ))
        }
        if let token, let place = byToken[token] { add(.token, place) }
        if let place = nearest(message) { add(.references, place) }
        if let place = sameThread(message) { add(.threadIndex, place) }
        if SubjectLine.isReply(message.subject), let sender = message.from?.address {
            let same = bySubject[SubjectLine.base(message.subject).lowercased()] ?? []
            let near = same.last { place in
                guard let conversation = conversations[place],
                    conversation.customer == sender || conversation.participants.contains(sender)
                else { return false }
                guard let last = conversation.last, let now = message.date?.instant else { return true }
                return now - last <= Threading.subjectWindow
            }
            if let near { add(.subject, near) }
        }
        return found
    }

    private mutating func keep(_ message: Message, at place: Int, isVerified: Bool, isOurs: Bool) {
        let others = (message.to + message.cc).map(\.address).filter { $0.withoutDetail != desk }
        if conversations[place] == nil {
            let subject = SubjectLine.base(message.subject).lowercased()
            conversations[place] = Conversation(
                customer: isOurs ? others.first : message.from?.address, subject: subject)
            if !subject.isEmpty { bySubject[subject, default: []].append(place) }
        }
        if isVerified || isOurs { conversations[place]?.participants += others }
        if let instant = message.date?.instant { conversations[place]?.last = instant }
        if let id = message.messageID, byMessageID[id] == nil { byMessageID[id] = place }
        if let root = message.threadIndex?.root {
            byRoot[root]?.removeAll { $0 == place }
            byRoot[root, default: []].append(place)
            if byRoot[root, default: []].count > Self.threadLimit { byRoot[root]?.removeFirst() }
        }
    }
}
