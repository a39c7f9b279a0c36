// Does what commands ask, over the store.

import Correspondence
import Foundation
import Gateway

/// Used by a command that holds the store, and by the gateway for commands that do not.
struct Clerk: Sendable {
    static let pageSize = 100

    let store: any DeskStore
    let desk: DeskProfile
    let tickets: TicketDesk
    let intake: Intake
    let reports: any ReportMaker
    let surroundings: Surroundings
    var guess = Parts.guess
    /// Of the running web server.
    var entryLink: (@Sendable () -> String)?
    var forgetLinks: (@Sendable () -> Void)?
    /// Folders and files of articles that `serve` keeps the store in step with.
    var watched: [String] = []
    /// Whether mails go out.
    var sending: @Sendable () -> Sending = { .unknown }

    /// What stands between the queue and the mail server.
    enum Sending: Sendable, Equatable {
        case goesOut
        /// The mail server cannot be used; it is looked at again then.
        case waits(String, until: Instant)
        /// There is no mail server in the settings.
        case notSet
        /// No gateway runs over this store.
        case stopped
        /// Other nodes may run.
        case unknown
    }

    func perform(_ request: DeskRequest) async throws -> DeskAnswer {
        let (asJSON, by) = (request.asJSON, request.by)
        switch request.call {
        case .conversations(let status, let search, let customer, let cursor):
            return try await conversations(status, search, customer, cursor, asJSON: asJSON)
        case .conversation(let id, let isBrief):
            return try await conversation(id, isBrief: isBrief, asJSON: asJSON)
        case .closeConversation(let id):
            try await store.close(id, by: by)
            return done("closed", id.text, asJSON)
        case .eraseConversation(let id):
            try await store.erase(id)
            return done("erased", id.text, asJSON)
        case .eraseArrival(let id):
            try await store.eraseArrival(id)
            return done("erased", id.text, asJSON)
        case .eraseAddress(let address):
            let erased = try await store.eraseAll(of: address)
            return DeskAnswer(lines: [
                asJSON
                    ? JSON.object([
                        ("address", .string(address.text)), ("done", .string("erased")),
                        ("conversations", .int(erased.conversations)), ("mails", .int(erased.mails)),
                    ]).line
                    : "\(address): erased; conversations: \(erased.conversations), other mails: \(erased.mails)"
            ])
        case .tickets(let statuses, let assignee, let cursor):
            let page = try await store.tickets(
                TicketFilter(statuses: statuses, assignee: assignee), limit: Self.pageSize, cursor: cursor)
            var lines: [String] = []
            for ticket in page.items {
                lines.append(
                    asJSON
                        ? TicketLines.object(ticket).line
                        : TicketLines.row(ticket, try await store.conversation(ticket.conversation)))
            }
            return DeskAnswer(lines: lines, next: page.next)
        case .ticket(let name):
            let folder = try await folder(name)
            return DeskAnswer(lines: asJSON ? [TicketLines.object(folder).line] : TicketLines.text(folder))
        case .assign(let name, let agent):
            try await store.assign(try await id(name), to: agent, by: by, version: nil)
            return done(agent.map { "assigned to \($0)" } ?? "assigned to nobody", "\(name)", asJSON)
        case .reply(let name, let text, let status, let agent):
            // The customer reads this name: not that of an account.
            try await tickets.reply(try await number(name), body: text, agent: agent ?? desk.name, status: status)
            return done("reply queued", "\(name)", asJSON)
        case .note(let name, let text, let agent):
            try await store.note(
                try await id(name), TicketNote(at: surroundings.now(), author: agent ?? by, text: text))
            return done("noted", "\(name)", asJSON)
        case .release(let name, let agent):
            try await tickets.release(try await number(name), agent: agent ?? by)
            return done("released", "\(name)", asJSON)
        case .discard(let name, let reason, let agent):
            try await tickets.discard(try await number(name), agent: agent ?? by, reason: reason ?? "")
            return done("discarded", "\(name)", asJSON)
        case .setTicket(let name, let status):
            try await store.setStatus(try await id(name), status, by: by, version: nil)
            return done(status.rawValue, "\(name)", asJSON)
        case .queue(let state, let limit):
            let (sending, now) = (sending(), surroundings.now())
            return DeskAnswer(
                lines: try await store.outbox(state: state, limit: limit).map {
                    asJSON
                        ? QueueLines.object($0, sending, now: now).line : QueueLines.row($0, sending, now: now)
                })
        case .retry(let id): return try await retry(id, asJSON)
        case .drop(let id):
            try await store.drop(OutboxID(id))
            return done("dropped", id, asJSON)
        case .articles, .addArticles, .removeArticle, .searchArticles, .proposals:
            return try await knowledge(request.call, asJSON: asJSON)
        case .keys, .addKey, .removeKey:
            return try await access(request.call, asJSON: asJSON)
        case .report(let report): return try await self.report(report)
        case .accept(let mails): return try await accept(mails, asJSON)
        case .entryLink:
            guard let entryLink else {
                throw Complaint(.unavailable, "the gateway is not running: start it with deskbridge serve")
            }
            let link = entryLink()
            return DeskAnswer(lines: [asJSON ? JSON.object([("link", .string(link))]).line : link])
        case .endSessions:
            forgetLinks?()
            let ended = try await store.endSessions()
            return DeskAnswer(lines: [
                asJSON
                    ? JSON.object([("ended", .int(ended))]).line
                    : "\(ended) \(ended == 1 ? "session" : "sessions") ended; unused links open nothing any more"
            ])
        }
    }

    func done(_ what: String, _ id: String, _ asJSON: Bool) -> DeskAnswer {
        DeskAnswer(lines: [
            asJSON ? JSON.object([("id", .string(id)), ("done", .string(what))]).line : "\(id): \(what)"
        ])
    }

    // MARK: Conversations

    private func conversations(
        _ status: SupportConversation.Status?, _ search: String, _ customer: EmailAddress?, _ cursor: String?,
        asJSON: Bool
    ) async throws -> DeskAnswer {
        var filter = ConversationFilter(status: status, customer: customer)
        var page = Page<SupportConversation>(items: [], next: nil)
        if search.isEmpty {
            page = try await store.conversations(filter, limit: Self.pageSize, cursor: cursor)
        } else {
            let guessed = guess.guess(search, among: desk.languages).language
            let languages = (guessed == "und" ? [] : [guessed]) + [desk.fallbackLanguage] + desk.languages
            for attempt in SearchWords.asked(search, languages: languages, by: Parts.analyzer) {
                filter.words = attempt
                page = try await store.conversations(filter, limit: Self.pageSize, cursor: nil)
                if page.items.isEmpty { continue }
                // Another page of the same search: the same attempt finds something again.
                if cursor != nil {
                    page = try await store.conversations(filter, limit: Self.pageSize, cursor: cursor)
                }
                break
            }
        }
        var lines: [String] = []
        for conversation in page.items {
            guard asJSON else {
                lines.append(ConversationLines.row(conversation))
                continue
            }
            let messages = try await store.messages(of: conversation.id)
            lines.append(ConversationLines.object(conversation, messages).line)
        }
        return DeskAnswer(lines: lines, next: page.next)
    }

    private func conversation(_ id: ConversationID, isBrief: Bool, asJSON: Bool) async throws -> DeskAnswer {
        let conversation = try await store.conversation(id)
        if isBrief, !asJSON { return DeskAnswer(lines: [ConversationLines.row(conversation)]) }
        let messages = try await store.messages(of: id)
        return DeskAnswer(
            lines: asJSON
                ? [ConversationLines.object(conversation, messages).line]
                : ConversationLines.text(conversation, messages))
    }

    // MARK: Tickets

    private func folder(_ name: TicketName) async throws(StoreError) -> TicketFolder {
        switch name {
        case .number(let number): try await store.ticket(number: number)
        case .id(let id): try await store.ticket(id)
        }
    }

    private func id(_ name: TicketName) async throws(StoreError) -> TicketID {
        if case .id(let id) = name { return id }
        return try await folder(name).ticket.id
    }

    private func number(_ name: TicketName) async throws(StoreError) -> Int {
        if case .number(let number) = name { return number }
        return try await folder(name).ticket.number
    }

    // MARK: Queue

    /// An outbox row, or a quarantined mail of the ledger.
    private func retry(_ id: String, _ asJSON: Bool) async throws -> DeskAnswer {
        do {
            try await store.retry(OutboxID(id))
            return done("due now", id, asJSON)
        } catch let error where error.code == .notFound {
            try await store.replay(ArrivalID(id))
            return done("to be read again", id, asJSON)
        }
    }

    private func accept(_ mails: [ImportedMail], _ asJSON: Bool) async throws -> DeskAnswer {
        let arrivals = mails.map { mail in
            intake.arrival(
                Array(mail.bytes), channel: Channel(.imported, "import"), isHistory: mail.isHistory,
                isVouched: mail.isVouched)
        }
        let known = try await intake.accept(arrivals).count { acceptance in
            if case .known = acceptance { return true }
            return false
        }
        return DeskAnswer(lines: ["\(arrivals.count - known)", "\(known)"])
    }
}

extension TicketName: CustomStringConvertible {
    var description: String {
        switch self {
        case .number(let number): "#\(number)"
        case .id(let id): id.text
        }
    }
}
