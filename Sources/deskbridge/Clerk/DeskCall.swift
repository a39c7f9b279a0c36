// What a command asks of the desk, as a value: done here, or sent to the gateway that holds the store.

import Correspondence
import Foundation

/// The same value travels either way, so that a command says the same whoever does the work.
struct DeskRequest: Codable, Sendable {
    var call: DeskCall
    /// Lines of JSON, or text for humans.
    var asJSON: Bool
    /// Who asks, for the history.
    var by: String
}

enum DeskCall: Codable, Sendable {
    case conversations(status: SupportConversation.Status?, search: String, customer: EmailAddress?, cursor: String?)
    case conversation(ConversationID, isBrief: Bool)
    case closeConversation(ConversationID)
    case eraseConversation(ConversationID)
    case eraseArrival(ArrivalID)
    case eraseAddress(EmailAddress)
    case tickets(statuses: [SupportTicket.Status], assignee: String?, cursor: String?)
    case ticket(TicketName)
    case assign(TicketName, to: String?)
    case reply(TicketName, text: String, status: SupportTicket.Status?, agent: String?)
    case note(TicketName, text: String, agent: String?)
    /// Sends the ticket's draft.
    case release(TicketName, agent: String?)
    /// The draft is not to be sent.
    case discard(TicketName, reason: String?, agent: String?)
    case setTicket(TicketName, SupportTicket.Status)
    case queue(state: OutboxState?, limit: Int)
    case retry(String)
    case drop(String)
    case articles
    case addArticles([KnowledgeFile])
    case removeArticle(path: String)
    case searchArticles(query: String, limit: Int)
    /// Of tickets resolved or closed in the last so many seconds.
    case proposals(since: Int)
    case keys
    case addKey(name: String, scopes: [AccessKey.Scope], days: Int?)
    case removeKey(String)
    case report(DeskReport)
    case accept([ImportedMail])
    /// A link that opens the admin pages once; only a running gateway can make one.
    case entryLink
    /// Signs everybody out of the admin pages; links that were not used yet open nothing any more.
    case endSessions
}

extension DeskCall {
    /// Whether a desk is made for it where there is none: only by what brings something in.
    var makesDesk: Bool {
        switch self {
        case .accept, .addArticles, .addKey: true
        default: false
        }
    }
}

/// A ticket by its number (`1234`), or by its id.
enum TicketName: Codable, Sendable {
    case number(Int)
    case id(TicketID)

    init(_ text: String) {
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        self = digits.utf8.count < 19 ? Int(digits).map(TicketName.number) ?? .id(TicketID(text)) : .id(TicketID(text))
    }
}

struct KnowledgeFile: Codable, Sendable {
    var path: String
    var bytes: Data
}

struct ImportedMail: Codable, Sendable {
    var bytes: Data
    var isHistory: Bool
    var isVouched: Bool
}

struct DeskReport: Codable, Sendable {
    enum Kind: String, Codable, Sendable, CaseIterable { case digest, tickets, conversation }
    enum Form: String, Codable, Sendable { case html, text, json }
    var kind: Kind
    var form: Form
    /// How far back, in seconds.
    var since: Int
    var conversation: ConversationID?
}

/// What came of a call: lines to print, and where a list goes on.
struct DeskAnswer: Codable, Sendable {
    var lines: [String] = []
    var next: String?
}
