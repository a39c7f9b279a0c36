// Delivery: outbox rows are composed, handed to the SMTP server, and settled by what it said.

import Correspondence
import Logging

/// Takes: due outbox rows. Promises: a row is settled once, by the server's own word: sent, to be tried again, failed
/// (then a ticket is open), or in doubt. After a crash: a claimed row comes back when its lease runs out. If its turn had
/// come (`Turns`) it is marked in doubt and goes out again under the same Message-ID; this is the one place where a
/// customer may get two copies. The mark is on the disk before the dialogue begins, so that a power failure cannot take
/// it back: no mail goes out twice unmarked.
struct DeliveryStation: Station {
    /// So many claims without a settlement (the program ended, or nothing could be recorded) are enough.
    static let lostLimit = 3
    /// How long the word of a claim of this process may take to arrive after that of a later settlement.
    static let claimPatience = Duration.seconds(2)

    let name = "delivery"
    let kind = WorkKind.deliver
    let seams: GatewaySeams
    let policy: GatewayPolicy
    let signer: TokenSigner
    let keeper: LeaseKeeper
    let sender: any MailSender
    let pace: Pace
    let gate: SubmissionGate
    private let turns: Turns
    private let hands: Hands

    init(
        seams: GatewaySeams, policy: GatewayPolicy, signer: TokenSigner, keeper: LeaseKeeper,
        sender: any MailSender, pace: Pace, gate: SubmissionGate? = nil
    ) {
        self.seams = seams
        self.policy = policy
        self.signer = signer
        self.keeper = keeper
        self.sender = sender
        self.pace = pace
        self.gate = gate ?? SubmissionGate(logger: seams.logger)
        turns = Turns(connections: sender.connections) { works throws(StoreError) in try await seams.store.begin(works)
        }
        hands = Hands(policy.deliveryWidth)
    }

    func round(_ group: inout DiscardingTaskGroup, whenFree: @escaping @Sendable () -> Void)
        async throws(StoreError) -> Bool
    {
        let now = seams.surroundings.now()
        // One mail where the server could not be used. It looks whether it can again, and goes to the end of the line
        // if not: no mail is the probe for ever, and none is held while it waits for what another finds.
        let leave = gate.leave(now)
        if leave == .one { try await giveUpLate(now) }
        let granted = pace.take(leave.limit(hands.free), now: now)
        guard granted > 0 else { return false }
        // Those that need not wait for their turn are begun by the claim.
        let reserved = turns.reserve(granted)
        let asked = keeper.now
        let leases: [Lease<OutboxEntry>]
        do {
            leases = try await seams.store.claimDeliveries(limit: granted, beginning: reserved)
        } catch {
            pace.giveBack(granted)
            turns.giveBack(reserved)
            throw error
        }
        pace.giveBack(granted - leases.count)
        keeper.hold(leases, since: asked)
        let taken = hands.take(leases)
        turns.giveBack(reserved - taken.count { $0.item.state == .sending })
        guard !leases.isEmpty else { return false }
        guard let first = taken.first else { return true }
        // Asked again: where the breaker opened while the store was asked, all but a probe are given back.
        let isProbed = gate.begin(seams.surroundings.now()) == .one
        for lease in taken {
            let isProbe = isProbed && lease.work == first.work
            group.addTask { await carry(lease, isProbe: isProbe, whenFree) }
        }
        return true
    }

    /// While one mail at a time is tried, others get too old that are no probe for long.
    private func giveUpLate(_ now: Instant) async throws(StoreError) {
        let reason = "nothing went out for too long: \(gate.reason ?? "the mail server could not be used")"
        for purpose in OutgoingReply.Purpose.allCases {
            let limit = now - RetrySchedule.lifetime(of: purpose)
            while try await seams.store.giveUp(
                purpose, writtenBefore: limit, error: reason, limit: policy.deliveryWidth) == policy.deliveryWidth
            {}
        }
    }

    private func carry(_ lease: Lease<OutboxEntry>, isProbe: Bool, _ whenFree: @Sendable () -> Void) async {
        await deliver(lease, isProbe: isProbe)
        keeper.forget(hands.current(lease))
        // What waited for a probe's word goes on at once.
        if hands.end(lease) || isProbe { whenFree() }
    }

    /// What one attempt came to.
    private enum Attempt {
        case ended(SendOutcome)
        /// Never begun, through no fault of its own.
        case untried
        /// Another's by now, or taken back.
        case lost
        /// So many former claims ended without a record that nothing is tried any more.
        case hopeless(reason: String)

        /// The server was asked.
        var isMade: Bool { if case .ended = self { true } else { false } }
    }

    private func deliver(_ lease: Lease<OutboxEntry>, isProbe: Bool) async {
        let entry = lease.item
        let verdict: DeliveryRule.Verdict
        let outcome: String
        let attempt = await attempt(lease, isProbe: isProbe)
        // The next one looks in its place.
        if isProbe, !attempt.isMade { gate.heard(.untried, now: seams.surroundings.now()) }
        switch attempt {
        case .lost: return
        case .untried: return await giveBack(lease, reason: nil)
        case .hopeless(let reason):
            outcome = reason
            verdict = .giveUp(error: entry.wasInDoubt ? "perhaps sent: \(reason)" : reason)
        case .ended(let said):
            // A stop while the mail stood in line: nothing was tried.
            if Task.isCancelled, case .notSent = said { return await giveBack(lease, reason: nil) }
            outcome = "\(said)"
            let chance = Double(seams.surroundings.randomBytes(1)[0]) / 255
            verdict = DeliveryRule.judge(
                said, purpose: entry.reply.purpose, attempts: entry.attempts + 1, wasInDoubt: entry.wasInDoubt,
                age: seams.surroundings.now() - entry.createdAt, chance: chance)
            // No fault of this mail, unless it is too late for it: it waits, and the attempt does not count.
            if gate.reason != nil, case .notSent = said, case .again(_, let reason, _) = verdict {
                return await giveBack(lease, reason: reason)
            }
        }
        await record(settlement(verdict, entry, seams.surroundings.now()), of: lease, outcome)
    }

    private func giveBack(_ lease: Lease<OutboxEntry>, reason: String?) async {
        // What was not tried takes nothing from the rate.
        pace.giveBack(1)
        await keeper.giveBack([hands.current(lease)], reason: reason)
    }

    /// The mail is out (or is not): the record must follow, or the row comes back in doubt. So this is never given up
    /// while the program runs, unless the row is another's, or was erased with its conversation.
    private func record(_ settlement: Settlement, of lease: Lease<OutboxEntry>, _ outcome: String) async {
        var pause = Duration.milliseconds(100)
        while true {
            let current = hands.current(lease)
            do {
                return try await seams.store.settle(current, settlement)
            } catch {
                seams.logger.error(
                    "what became of a mail could not be recorded",
                    metadata: ["outbox": "\(lease.item.id)", "outcome": "\(outcome)", "error": "\(error)"])
                if error.code == .stale {
                    guard await isClaimedHere(lease, after: current.fence) else { return }
                    continue
                }
                if Task.isCancelled || error.code == .notFound { return }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

    /// Whether the row was claimed again by this very process. The store stood still for longer than a lease, then did
    /// the claim before the settlement, and the claim's word may be still on its way here.
    private func isClaimedHere(_ lease: Lease<OutboxEntry>, after fence: Int64) async -> Bool {
        let deadline = ContinuousClock.now + Self.claimPatience
        while true {
            if hands.current(lease).fence > fence { return true }
            if ContinuousClock.now > deadline || Task.isCancelled { return false }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func attempt(_ lease: Lease<OutboxEntry>, isProbe: Bool) async -> Attempt {
        // Begun by the claim: its turn is taken already.
        let isBegun = lease.item.state == .sending
        // A mail that takes the program down with it, or whose end can never be recorded, must not go out for ever.
        let lost = lease.attempts - lease.item.attempts
        guard lost < Self.lostLimit else {
            if isBegun { turns.giveBack(1) }
            return .hopeless(reason: "\(lost) attempts ended without a record of what became of them")
        }
        if !isBegun, let instead = instead(isProbe) { return instead }
        var mail = outbound(lease.item)
        if !isBegun {
            switch await turns.begin({ [hands] in (lease.work, hands.current(lease).fence) }) {
            case .begun: break
            case .refused: return .lost
            case .cancelled: return .untried
            case .failed(let reason):
                seams.logger.warning("a mail could not be begun", metadata: ["reason": "\(reason)"])
                return .untried
            }
        }
        let began = ContinuousClock.now
        defer { turns.end(after: ContinuousClock.now - began) }
        if let instead = instead(isProbe) { return instead }
        // The lease is looked at again when the mail's turn has come: one that stood in line, or still, for too long may
        // be another node's.
        mail.mayBegin = { keeper.holds(hands.current(lease)) }
        keeper.pin(hands.current(lease))
        let outcome = await sender.send(mail)
        if case .calledOff = outcome { return .untried }
        gate.heard(Breaker.Event(outcome), now: seams.surroundings.now())
        return .ended(outcome)
    }

    /// Why nothing is sent just now.
    private func instead(_ isProbe: Bool) -> Attempt? {
        if Task.isCancelled { return .untried }
        guard !isProbe, let reason = gate.reason else { return nil }
        return .ended(.notSent(isTemporary: true, reason: reason))
    }

    private func outbound(_ entry: OutboxEntry) -> OutboundMail {
        let reply = entry.reply
        let dress = seams.reports.dress(reply, desk: policy.desk)
        let origin: OutgoingMail.Origin =
            switch reply.purpose {
            case .automaticReply, .acknowledgement: .automaticReply
            case .humanReply: .human
            case .notice, .report: .notice
            }
        let bytes = seams.composer.compose(
            OutgoingMail(
                messageID: reply.messageID, from: NamedAddress(name: policy.desk.name, address: policy.desk.address),
                to: reply.to, replyTo: reply.replyTo.map { NamedAddress(name: policy.desk.name, address: $0) },
                subject: dress.subject, inReplyTo: reply.inReplyTo, references: reply.references, date: entry.createdAt,
                origin: origin, loopMark: policy.desk.address.key, text: dress.text, html: dress.html))
        return OutboundMail(envelopeFrom: envelopeFrom(entry), recipient: reply.to.address, bytes: bytes)
    }

    /// With VERP the bounce's recipient names the conversation; else it comes to the desk and is matched by its ids.
    private func envelopeFrom(_ entry: OutboxEntry) -> EmailAddress? {
        // Not for notices: their bounces say nothing of the customer.
        guard policy.usesVERP, let conversation = entry.conversation, entry.reply.purpose != .notice else {
            return policy.desk.address
        }
        return signer.replyAddress(for: conversation, desk: policy.desk.address) ?? policy.desk.address
    }

    private func settlement(_ verdict: DeliveryRule.Verdict, _ entry: OutboxEntry, _ now: Instant) -> Settlement {
        switch verdict {
        case .sent(let reply): return .sent(reply: reply)
        case .again(let delay, let error, let inDoubt):
            seams.logger.warning(
                "mail not sent yet",
                metadata: ["outbox": "\(entry.id)", "attempts": "\(entry.attempts)", "reason": "\(error)"])
            return .again(at: now + delay, error: error, inDoubt: inDoubt)
        case .giveUp(let error):
            seams.logger.error("mail given up", metadata: ["outbox": "\(entry.id)", "reason": "\(error)"])
            return .failed(error: error, ticket: seams.surroundings.makeID())
        }
    }
}
