// The chat's door: a message in by the same way as a mail, and the answer once it is there.

package import Correspondence
import Synchronization

package struct ChatAnswer: Sendable, Equatable {
    package var conversation: ConversationID
    package var message: MessageRecordID
    /// nil while nothing is decided (the time ran out) or a human must answer and nothing is to be said.
    package var reply: String?
    package var language: String
    package var confidence: Double?
    package var sources: [Source]
    package var isEscalated: Bool
    package var ticket: TicketID?

    package init(
        conversation: ConversationID, message: MessageRecordID, reply: String?, language: String, confidence: Double?,
        sources: [Source], isEscalated: Bool, ticket: TicketID?
    ) {
        self.conversation = conversation
        self.message = message
        self.reply = reply
        self.language = language
        self.confidence = confidence
        self.sources = sources
        self.isEscalated = isEscalated
        self.ticket = ticket
    }
}

package enum ChatProgress: Sendable, Equatable {
    /// The message is kept.
    case accepted
    /// It is in its conversation and being answered.
    case drafting(ConversationID)
}

package struct ChatError: Failure {
    package enum Code: String, Sendable {
        case empty, unreadable, storeUnavailable, tooLate
    }
    package let code: Code
    package let detail: String

    package var isTemporary: Bool { code == .storeUnavailable || code == .tooLate }
    package var publicText: String {
        switch code {
        case .empty: "the message has no text"
        case .unreadable: "the message could not be taken in"
        case .storeUnavailable: "the desk cannot take messages right now"
        case .tooLate: "the message is kept; an answer is not there yet"
        }
    }
}

package struct ChatDesk: Sendable {
    /// A draft has 120 s, and the commit around it some more.
    package static let patience = Duration.seconds(150)

    private let store: any DeskStore
    private let intake: Intake
    private let history: HistoryHub
    private let guess: any LanguageGuess
    private let desk: DeskProfile
    private let surroundings: Surroundings

    init(
        store: any DeskStore, intake: Intake, history: HistoryHub, guess: any LanguageGuess, desk: DeskProfile,
        surroundings: Surroundings
    ) {
        self.store = store
        self.intake = intake
        self.history = history
        self.guess = guess
        self.desk = desk
        self.surroundings = surroundings
    }

    /// Keeps the message, waits until it has its outcome, and gives what was answered. The message is safe once
    /// `progress` was called with `accepted`, whatever happens to the caller.
    package func say(
        _ text: String, conversation: ConversationID?, user: ChatMessage.User?, isIdentityTrusted: Bool,
        patience: Duration = ChatDesk.patience, progress: @escaping @Sendable (ChatProgress) async -> Void = { _ in }
    ) async throws(ChatError) -> ChatAnswer {
        let cleaned = ChatMessage.cleaned(text)
        guard !cleaned.isEmpty else { throw ChatError(code: .empty, detail: "") }
        let message = ChatMessage(
            text: cleaned, conversation: conversation, user: user, isIdentityTrusted: isIdentityTrusted,
            language: .init(guess.guess(cleaned, preferring: desk.languages)))
        let wait = ChatWait(conversation)
        // From before the message is kept, so that nothing falls between.
        let rings = history.bell { wait.concerns($0) }
        let arrival = try await keep(message)
        await progress(.accepted)
        let deadline = surroundings.now() + patience
        if let answer = try await look(at: arrival, wait, progress) { return answer }
        for await _ in rings {
            if let answer = try await look(at: arrival, wait, progress) { return answer }
            if surroundings.now() > deadline { break }
        }
        throw ChatError(code: .tooLate, detail: "no outcome within \(patience)")
    }

    /// What came of the message; nil while nothing did.
    private func look(
        at arrival: ArrivalID, _ wait: ChatWait, _ progress: @Sendable (ChatProgress) async -> Void
    ) async throws(ChatError) -> ChatAnswer? {
        // A store that cannot be asked right now may answer at the next ring.
        guard let entry = try? await store.ledgerEntry(arrival) else { return nil }
        let isNews = entry.conversation.map(wait.isFiled) ?? false
        if isNews, let conversation = entry.conversation { await progress(.drafting(conversation)) }
        guard let outcome = entry.outcome else {
            // What was written since the question, and before its conversation was known, did not ring.
            return isNews ? try await look(at: arrival, wait, progress) : nil
        }
        guard entry.conversation != nil else {
            throw ChatError(code: .unreadable, detail: entry.outcomeReason ?? outcome.rawValue)
        }
        return try? await answer(entry, outcome)
    }

    private func keep(_ message: ChatMessage) async throws(ChatError) -> ArrivalID {
        let bytes: [UInt8]
        do {
            bytes = try message.bytes()
        } catch {
            throw ChatError(code: .unreadable, detail: "\(error)")
        }
        let id: ArrivalID = surroundings.makeID()
        do {
            try await intake.accept([
                Arrival(
                    id: id, channel: Channel(.chat, "chat"), key: id.text, receivedAt: surroundings.now(),
                    bytes: bytes)
            ])
        } catch {
            throw ChatError(code: .storeUnavailable, detail: error.description)
        }
        return id
    }

    private func answer(_ entry: LedgerEntry, _ outcome: Outcome) async throws -> ChatAnswer? {
        guard let conversation = entry.conversation, let message = entry.message else { return nil }
        let record = try await store.conversation(conversation)
        let messages = try await store.messages(of: conversation)
        let position = messages.firstIndex { $0.id == message } ?? messages.startIndex
        let reply = messages[position...].last { $0.direction == .outgoing }
        let draft = outcome == .answered ? try await store.lastDraft(of: conversation) : nil
        return ChatAnswer(
            conversation: conversation, message: message, reply: reply?.newText, language: record.language,
            confidence: draft?.confidence, sources: reply?.sources ?? [], isEscalated: outcome != .answered,
            ticket: record.ticket)
    }
}

/// Which events one message waits for.
private final class ChatWait: Sendable {
    private struct State {
        var conversation: ConversationID?
        var isFiled = false
    }
    private let state: Mutex<State>

    /// `conversation` is where the message says it belongs; nil where it will open one.
    init(_ conversation: ConversationID?) {
        state = Mutex(State(conversation: conversation))
    }

    /// Until the conversation is known, whatever is filed may be it.
    func concerns(_ event: HistoryEvent) -> Bool {
        guard let own = state.withLock({ $0.conversation }) else {
            return event.kind == .messageReceived || event.kind == .messageQuarantined
        }
        return event.conversation == own || event.kind == .messageQuarantined
    }

    /// True when that was not known before.
    func isFiled(in conversation: ConversationID) -> Bool {
        state.withLock { state in
            defer { (state.conversation, state.isFiled) = (conversation, true) }
            return !state.isFiled
        }
    }
}
