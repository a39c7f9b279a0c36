// The chat's door: a message in by the same way as a mail, and the answer once it is there.

package import Correspondence
import Logging

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
    private let guess: any LanguageGuess
    private let desk: DeskProfile
    private let surroundings: Surroundings

    init(
        store: any DeskStore, intake: Intake, guess: any LanguageGuess, desk: DeskProfile, surroundings: Surroundings
    ) {
        self.store = store
        self.intake = intake
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
            language: .init(guess.guess(cleaned, among: desk.languages)))
        let hints = store.historyHints()
        let arrival = try await keep(message)
        await progress(.accepted)
        let deadline = surroundings.now() + patience
        let now = surroundings.now
        let result = await withPulses(hints, every: .milliseconds(500)) { pulses -> Result<ChatAnswer, ChatError> in
            var wasFiled = false
            for await _ in pulses {
                // A store that cannot be asked right now may answer at the next beat.
                guard let entry = try? await store.ledgerEntry(arrival) else {
                    if now() > deadline { break }
                    continue
                }
                if let conversation = entry.conversation, !wasFiled {
                    wasFiled = true
                    await progress(.drafting(conversation))
                }
                if let outcome = entry.outcome {
                    guard entry.conversation != nil else {
                        return .failure(ChatError(code: .unreadable, detail: entry.outcomeReason ?? outcome.rawValue))
                    }
                    if let answer = try? await self.answer(entry, outcome) { return .success(answer) }
                }
                if now() > deadline { break }
            }
            return .failure(ChatError(code: .tooLate, detail: "no outcome within \(patience)"))
        }
        guard let result else { throw ChatError(code: .tooLate, detail: "the wait was ended") }
        return try result.get()
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
