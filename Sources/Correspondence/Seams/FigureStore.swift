// Seam: the figures that reports are made of.

package struct ReportPeriod: Sendable, Equatable {
    package var from: Instant
    package var to: Instant
    /// Minutes east of UTC, for days.
    package var offsetMinutes: Int

    package init(from: Instant, to: Instant, offsetMinutes: Int = 0) {
        self.from = from
        self.to = to
        self.offsetMinutes = offsetMinutes
    }
}

/// An answered conversation as a report lists it.
package struct AnsweredItem: Sendable, Equatable {
    package var conversation: ConversationID
    package var number: Int
    package var subject: String
    /// The beginning of what was asked last before the answer, without quotes and signature; empty where unknown.
    package var question: String
    package var language: String
    package var at: Instant
    package var sources: [Source]
    package var confidence: Double?
    package var delivery: OutboxState

    package init(
        conversation: ConversationID, number: Int, subject: String, language: String, at: Instant, sources: [Source],
        confidence: Double?, delivery: OutboxState, question: String = ""
    ) {
        self.conversation = conversation
        self.number = number
        self.subject = subject
        self.language = language
        self.at = at
        self.sources = sources
        self.confidence = confidence
        self.delivery = delivery
        self.question = question
    }
}

package struct WaitingTicket: Sendable, Equatable {
    package var ticket: SupportTicket
    package var subject: String
    package var language: String
    package var customer: Party

    package init(ticket: SupportTicket, subject: String, language: String, customer: Party) {
        self.ticket = ticket
        self.subject = subject
        self.language = language
        self.customer = customer
    }
}

/// Everything `report digest` and `analytics` show. Counts are of arrivals received in the period.
package struct Figures: Sendable, Equatable {
    package var period: ReportPeriod
    package var received = 0
    package var outcomes: [Outcome: Int] = [:]
    package var withoutOutcome = 0
    /// One entry a day of the period, empty days included, by outcome.
    package var days: [(day: Instant, outcomes: [Outcome: Int])] = []
    /// Languages of human messages, most frequent first.
    package var languages: [(language: String, count: Int, answered: Int)] = []
    package var channels: [(channel: Channel, count: Int)] = []
    /// Rules that sent messages to humans, most frequent first, with their counts (`Decision.rule`).
    package var ticketRules: [(rule: String, count: Int)] = []
    package var suppressedKinds: [(kind: MessageKind, count: Int)] = []
    /// Articles that answers rested on, most used first.
    package var articles: [(path: String, title: String, count: Int)] = []
    /// Tags of those articles and names of topics for humans: what customers write about.
    package var topics: [(topic: String, count: Int)] = []
    /// Receipt to acceptance by the SMTP server, seconds, sorted ascending; automatic replies of the period.
    package var automaticSeconds: [Double] = []
    /// Opening of a ticket to the first human reply, seconds, sorted ascending.
    package var humanSeconds: [Double] = []
    package var withdrawn = 0
    package var inDoubt = 0
    package var failed = 0
    /// USD of drafts in the period; `unknownCost` counts drafts whose price is unknown.
    package var cost = 0.0
    package var unknownCost = 0
    /// Newest first, at most `listLimit`.
    package var answered: [AnsweredItem] = []
    package var quarantined: [LedgerEntry] = []
    /// All live tickets whose next word is ours, whatever the period, most urgent and oldest first, at most `listLimit`.
    package var waiting: [WaitingTicket] = []
    package var waitingCount = 0
    /// Live tickets that were answered and wait for the customer (`waiting`), whatever the period.
    package var withCustomerCount = 0

    package static let listLimit = 200

    package init(period: ReportPeriod) {
        self.period = period
    }

    package static func == (left: Figures, right: Figures) -> Bool {
        left.period == right.period && left.received == right.received && left.outcomes == right.outcomes
            && left.withoutOutcome == right.withoutOutcome && left.answered == right.answered
            && left.waiting == right.waiting && left.withCustomerCount == right.withCustomerCount
            && left.quarantined == right.quarantined
            && left.languages.elementsEqual(right.languages, by: ==)
            && left.articles.elementsEqual(right.articles, by: ==)
    }
}

/// Contract: see `ArrivalStore`. One consistent view of the store.
package protocol FigureStore: Sendable {
    func figures(_ period: ReportPeriod) async throws(StoreError) -> Figures
}

/// Everything a store keeps: what Gateway and Web are handed.
package typealias DeskStore = ArrivalStore & ConversationStore & OutboxStore & TicketStore & NoticeStore & HistoryStore
    & ArticleStore & AccessStore & FigureStore
