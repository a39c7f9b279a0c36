// Filing: unread ledger rows become messages in conversations, or end here with their outcome.

import Correspondence
import Logging
import Synchronization

/// Takes: arrivals without a message. Promises: each ends as a message with draft work due, or with an outcome
/// (`suppressed`, `recorded`, `quarantined`), in the commit that ends its lease. After a crash: the lease runs out and
/// the arrival is read again; a mail that takes the process down with it is claimed `attemptLimit` times and then
/// quarantined unread; mails that may be it are read in small company, so that it takes no others with it. A store
/// that fails costs no attempt. Mails are read at the same time and filed in the order they came, so that a follow-up finds the
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
    let handover: Handover
    private let postponed = Postponements()
    private let line = FilingLine()

    init(seams: GatewaySeams, policy: GatewayPolicy, signer: TokenSigner, keeper: LeaseKeeper, handover: Handover) {
        self.seams = seams
        self.policy = policy
        self.signer = signer
        self.keeper = keeper
        self.handover = handover
    }

    private var agents: AgentDesk { AgentDesk(seams: seams, policy: policy, signer: signer) }

    var calls: AsyncStream<Void>? { handover.calls }

    /// Reads one batch while the former is being filed.
    func round(_ group: inout DiscardingTaskGroup, whenFree: @escaping @Sendable () -> Void)
        async throws(StoreError) -> Bool
    {
        if let failure = line.failure() { throw failure }
        try await handover.settle()
        var claimed = handover.take(limit: Self.batch, byteLimit: Self.byteLimit)
        if claimed.isEmpty {
            let mark = handover.mark
            claimed = try await seams.store.claimArrivals(limit: Self.batch, byteLimit: Self.byteLimit)
            if claimed.isEmpty {
                handover.open(mark)
                return false
            }
            keeper.hold(claimed)
            // Older ones came to be owed while these were claimed.
            if handover.owes {
                handover.owe(claimed)
                return true
            }
        }
        let (leases, others) = company(claimed)
        if !others.isEmpty {
            // Before anything is read, which may end the program: they must not be lost with it.
            handover.owe(others)
            do {
                try await handover.settle()
            } catch {
                handover.owe(leases)
                throw error
            }
        }
        let read = Array(zip(leases, await readAll(leases)))
        if let failure = await line.begin() {
            handover.fail(leases)
            throw failure
        }
        group.addTask {
            let (unfiled, failure) = await end(read)
            let owed = Set(unfiled.map(\.work))
            for lease in leases where !owed.contains(lease.work) { keeper.forget(lease) }
            if failure != nil { handover.fail(unfiled) }
            line.end(failure)
            if failure != nil { whenFree() }
        }
        return true
    }

    /// Files what was read and gives up what could not be; what the store could do neither with, and its failure.
    private func end(_ read: [(lease: Lease<Arrival>, filing: Result<Filing, MailReadingError>)]) async -> (
        unfiled: [Lease<Arrival>], failure: StoreError?
    ) {
        var batch: [(lease: Lease<Arrival>, filing: Filing)] = []
        var unreadable: [(lease: Lease<Arrival>, reason: String)] = []
        let agents = agents
        var untaken: [Lease<Arrival>] = []
        var unasked: StoreError?
        for (lease, filing) in read {
            switch filing {
            case .success(var filing):
                do throws(StoreError) {
                    try await agents.take(lease.item, &filing)
                    batch.append((lease, filing))
                } catch  where error.isTemporary {
                    unasked = error
                    untaken.append(lease)
                } catch {
                    // What it is about cannot be read, and will not be the next time: a human must look at it.
                    unreadable.append((lease, error.description))
                }
            case .failure(let error): unreadable.append((lease, error.description))
            }
        }
        var (unfiled, refused, failure) = await file(batch)
        unfiled += untaken
        failure = failure ?? unasked
        unreadable += refused
        for (lease, reason) in unreadable {
            do {
                try await giveUp(lease, reason)
            } catch {
                failure = failure ?? error
                unfiled.append(lease)
            }
        }
        return (unfiled, failure)
    }

    // MARK: Claimed before, and never ended

    /// Which of the claimed are read now: all of them, or, where some were claimed by a program that then ended, a few
    /// of those that were claimed most often.
    private func company(_ claimed: [Lease<Arrival>]) -> (now: [Lease<Arrival>], later: [Lease<Arrival>]) {
        let lost = claimed.map { $0.attempts - postponed.count($0.work) }
        guard let most = lost.max(), most > 0 else { return (claimed, []) }
        let limit = most == 1 ? 8 : 1
        var now: [Lease<Arrival>] = []
        var later: [Lease<Arrival>] = []
        for (lease, lost) in zip(claimed, lost) {
            if lost == most, now.count < limit { now.append(lease) } else { later.append(lease) }
        }
        return (now, later)
    }

    // MARK: Filing

    /// One commit for all. What could not be filed because the store is ill comes back in `unfiled`, to be tried again
    /// without blame; what it would not take for the mail's own sake in `refused`.
    private func file(_ batch: [(lease: Lease<Arrival>, filing: Filing)]) async -> (
        unfiled: [Lease<Arrival>], refused: [(lease: Lease<Arrival>, reason: String)], failure: StoreError?
    ) {
        guard !batch.isEmpty else { return ([], [], nil) }
        var unfiled: [Lease<Arrival>] = []
        var refused: [(lease: Lease<Arrival>, reason: String)] = []
        var failure: StoreError?
        do {
            let results = try await seams.store.file(batch)
            for ((lease, _), result) in zip(batch, results) {
                switch result {
                case .success: postponed.forget(lease.work)
                case .failure(let error) where error.code == .stale: break
                case .failure(let error) where error.isTemporary:
                    unfiled.append(lease)
                    failure = error
                case .failure(let error): refused.append((lease, error.description))
                }
            }
        } catch {
            if error.isTemporary { return (batch.map(\.lease), [], error) }
            if batch.count == 1 { return ([], [(batch[0].lease, error.description)], nil) }
            // One of them may be the reason: each alone.
            for entry in batch {
                let alone = await file([entry])
                unfiled += alone.unfiled
                refused += alone.refused
                failure = failure ?? alone.failure
            }
        }
        return (unfiled, refused, failure)
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
        if let shortfall = arrival.withheld { return .failure(MailReadingError(.other, detail: shortfall)) }
        guard lease.attempts < Self.attemptLimit else {
            return .failure(MailReadingError(.other, detail: "reading it ended the program \(lease.attempts) times"))
        }
        if arrival.channel.kind == .chat {
            return ChatMessage.read(arrival.bytes).map { read in
                var filing = filing(of: read.message, token: read.chat.conversation)
                if read.chat.isIdentityTrusted {
                    filing.customerRole = read.chat.user?.role
                } else {
                    filing.answerTo = read.chat.user?.email
                }
                return filing
            }
        }
        let context = policy.readingContext(for: arrival.channel, isVouched: arrival.isVouched)
        do {
            var message = try await seams.reader.read(arrival.bytes, in: context)
            if let shortfall = arrival.shortfall {
                message.answerable = false
                message.answerableReasons.append(shortfall)
            }
            let token = signer.conversation(shownBy: message, desk: policy.desk.address)
            return .success(filing(of: SenderRule.author(of: message, desk: policy.desk), token: token))
        } catch {
            return .failure(error)
        }
    }

    private func filing(of message: Message, token: ConversationID?) -> Filing {
        let desk = policy.desk
        let language = message.language == "und" ? desk.fallbackLanguage : message.language
        let words = SearchWords.kept(of: message, language: language, desk: [desk.address], by: seams.analyzer)
        return Filing(
            message: message, record: seams.surroundings.makeID(), newConversation: seams.surroundings.makeID(),
            token: token, number: desk.tag ? SubjectLine.number(in: message.subject, deskName: desk.name) : nil,
            words: words, language: language, deskAddresses: [desk.address],
            answerTo: SenderRule.answerTo(message, desk: desk))
    }

    private func giveUp(_ lease: Lease<Arrival>, _ reason: String) async throws(StoreError) {
        do {
            if lease.attempts + 1 >= Self.attemptLimit || lease.item.withheld != nil {
                try await seams.store.quarantine(lease, reason: reason)
                postponed.forget(lease.work)
                seams.logger.warning(
                    "mail quarantined", metadata: ["arrival": "\(lease.item.id)", "reason": "\(reason)"])
            } else {
                try await seams.store.postpone(lease, error: reason, delay: Self.retryDelay)
                postponed.add(lease.work)
            }
        } catch {
            // Somebody else works on it now.
            if error.code != .stale { throw error }
        }
    }
}

extension Arrival {
    /// Why there is nothing to read, and never will be: reading it again does not help.
    fileprivate var withheld: String? { bytes.isEmpty ? shortfall : nil }
}

/// How often this program put a reading off by itself: claims beyond that were ended by the end of a program.
private final class Postponements: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(_ work: String) -> Int { counts.withLock { $0[work] ?? 0 } }

    func add(_ work: String) { counts.withLock { $0[work, default: 0] += 1 } }

    func forget(_ work: String) { counts.withLock { $0[work] = nil } }
}
