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
        guard gate.mayTry(now) else { return false }
        let granted = pace.take(hands.free, now: now)
        guard granted > 0 else { return false }
        // Those that need not wait for their turn are begun by the claim.
        let reserved = turns.reserve(gate.reason == nil ? granted : 1)
        let leases: [Lease<OutboxEntry>]
        do {
            leases = try await seams.store.claimDeliveries(limit: granted, beginning: reserved)
        } catch {
            pace.giveBack(granted)
            turns.giveBack(reserved)
            throw error
        }
        pace.giveBack(granted - leases.count)
        keeper.hold(leases)
        let taken = hands.take(leases)
        turns.giveBack(reserved - taken.count { $0.item.state == .sending })
        guard !leases.isEmpty else { return false }
        guard gate.begin() else {
            for lease in taken { group.addTask { await carry(lease, whenFree) } }
            return true
        }
        // The mail server could not be used: one mail looks whether it can again, the others wait for what it finds.
        group.addTask {
            if let first = taken.first { await carry(first, isProbe: true, whenFree) }
            gate.heard(.untried, now: seams.surroundings.now())
            await withDiscardingTaskGroup { rest in
                for lease in taken.dropFirst() { rest.addTask { await carry(lease, whenFree) } }
            }
        }
        return true
    }

    private func carry(_ lease: Lease<OutboxEntry>, isProbe: Bool = false, _ whenFree: @Sendable () -> Void) async {
        await deliver(lease, isProbe: isProbe)
        keeper.forget(hands.current(lease))
        if hands.end(lease) { whenFree() }
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
    }

    private func deliver(_ lease: Lease<OutboxEntry>, isProbe: Bool) async {
        let entry = lease.item
        let verdict: DeliveryRule.Verdict
        let outcome: String
        switch await attempt(lease, isProbe: isProbe) {
        case .lost: return
        case .untried: return await keeper.giveBack([hands.current(lease)])
        case .hopeless(let reason):
            outcome = reason
            verdict = .giveUp(error: entry.wasInDoubt ? "perhaps sent: \(reason)" : reason)
        case .ended(let said):
            // A stop while the mail stood in line: nothing was tried.
            if Task.isCancelled, case .notSent = said { return await keeper.giveBack([hands.current(lease)]) }
            outcome = "\(said)"
            let chance = Double(seams.surroundings.randomBytes(1)[0]) / 255
            verdict = DeliveryRule.judge(
                said, purpose: entry.reply.purpose, attempts: entry.attempts + 1, wasInDoubt: entry.wasInDoubt,
                age: seams.surroundings.now() - entry.createdAt, chance: chance)
            // No fault of this mail, unless it is too late for it: it waits, and the attempt does not count.
            if gate.reason != nil, case .notSent = said, case .again = verdict {
                return await keeper.giveBack([hands.current(lease)])
            }
        }
        let settlement = settlement(verdict, entry, seams.surroundings.now())
        // The mail is out (or is not): the record must follow, or the row comes back in doubt.
        var pause = Duration.milliseconds(100)
        while true {
            do {
                return try await seams.store.settle(hands.current(lease), settlement)
            } catch {
                seams.logger.error(
                    "what became of a mail could not be recorded",
                    metadata: ["outbox": "\(entry.id)", "outcome": "\(outcome)", "error": "\(error)"])
                // Never given up while the program runs: a row without its record goes out once more.
                if error.code == .stale || Task.isCancelled { return }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
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
        let outcome = await sender.send(mail)
        // A mail that was called off before its turn says nothing about the server.
        let isOurs = keeper.holds(hands.current(lease))
        gate.heard(isOurs ? Breaker.Event(outcome) : .untried, now: seams.surroundings.now())
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
