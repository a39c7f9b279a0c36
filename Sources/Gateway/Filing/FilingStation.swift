// Filing: unread ledger rows become messages in conversations, or end here with their outcome.

import Correspondence
import Logging

/// Takes: arrivals without a message. Promises: each ends as a message with draft work due, or with an outcome
/// (`suppressed`, `recorded`, `quarantined`), in the commit that ends its lease. After a crash: the lease runs out and
/// the arrival is read again; a mail that takes the process down with it is claimed `attemptLimit` times and then
/// quarantined unread. Mails are read at the same time and filed in the order they came, so that a follow-up finds the
/// mail before it.
struct FilingStation: Station {
    /// How many arrivals one commit files.
    static let batch = 128
    /// Bytes of one batch in memory, about.
    static let byteLimit = 24_000_000
    static let attemptLimit = 3
    static let retryDelay = Duration.seconds(1)

    let name = "filing"
    let kind = WorkKind.read
    let seams: GatewaySeams
    let policy: GatewayPolicy
    let signer: TokenSigner
    let keeper: LeaseKeeper

    func round() async throws(StoreError) -> Bool {
        let leases = try await seams.store.claimArrivals(limit: Self.batch, byteLimit: Self.byteLimit)
        guard !leases.isEmpty else { return false }
        keeper.hold(leases)
        defer { for lease in leases { keeper.forget(lease) } }
        let filings = await readAll(leases)
        var batch: [(lease: Lease<Arrival>, filing: Filing)] = []
        for (lease, filing) in zip(leases, filings) {
            switch filing {
            case .success(let filing): batch.append((lease, filing))
            case .failure(let error): try await giveUp(lease, error.description)
            }
        }
        if !batch.isEmpty {
            let results = try await seams.store.file(batch)
            for ((lease, _), result) in zip(batch, results) {
                if case .failure(let error) = result, error.code != .stale {
                    try await giveUp(lease, error.description)
                }
            }
        }
        return true
    }

    private func readAll(_ leases: [Lease<Arrival>]) async -> [Result<Filing, MailReadingError>] {
        await withTaskGroup(of: (Int, Result<Filing, MailReadingError>).self) { group in
            for (index, lease) in leases.enumerated() {
                group.addTask { (index, await read(lease)) }
            }
            var results: [Result<Filing, MailReadingError>?] = Array(repeating: nil, count: leases.count)
            for await (index, result) in group { results[index] = result }
            return results.map { $0 ?? .failure(MailReadingError(.other, detail: "reading was cut short")) }
        }
    }

    private func read(_ lease: Lease<Arrival>) async -> Result<Filing, MailReadingError> {
        let arrival = lease.item
        guard lease.attempts < Self.attemptLimit else {
            return .failure(MailReadingError(.other, detail: "reading it ended the program \(lease.attempts) times"))
        }
        if arrival.channel.kind == .chat {
            return ChatMessage.read(arrival.bytes).map { read in
                var filing = filing(of: read.message, token: read.chat.conversation)
                filing.customerRole = read.chat.isIdentityTrusted ? read.chat.user?.role : nil
                return filing
            }
        }
        let context = policy.readingContext(for: arrival.channel, isVouched: arrival.isVouched)
        do {
            let message = try await seams.reader.read(arrival.bytes, in: context)
            let token = signer.conversation(shownBy: message, desk: policy.desk.address)
            return .success(filing(of: SenderRule.author(of: message, desk: policy.desk), token: token))
        } catch {
            return .failure(error)
        }
    }

    private func filing(of message: Message, token: ConversationID?) -> Filing {
        let desk = policy.desk
        let language = message.language == "und" ? desk.fallbackLanguage : message.language
        let words = seams.analyzer.words(
            of: message.subject + "\n" + String(message.newText.prefix(20_000)), language: language)
        return Filing(
            message: message, record: seams.surroundings.makeID(), newConversation: seams.surroundings.makeID(),
            token: token, number: desk.tag ? SubjectLine.number(in: message.subject, deskName: desk.name) : nil,
            words: words, language: language, deskAddresses: [desk.address],
            answerTo: SenderRule.answerTo(message))
    }

    private func giveUp(_ lease: Lease<Arrival>, _ reason: String) async throws(StoreError) {
        do {
            if lease.attempts + 1 >= Self.attemptLimit {
                try await seams.store.quarantine(lease, reason: reason)
                seams.logger.warning(
                    "mail quarantined", metadata: ["arrival": "\(lease.item.id)", "reason": "\(reason)"])
            } else {
                try await seams.store.postpone(lease, error: reason, delay: Self.retryDelay)
            }
        } catch {
            // Somebody else works on it now.
            if error.code != .stale { throw error }
        }
    }
}
