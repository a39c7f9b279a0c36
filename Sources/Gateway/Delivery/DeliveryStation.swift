// Delivery: outbox rows are composed, handed to the SMTP server, and settled by what it said.

import Correspondence
import Logging

/// Takes: due outbox rows. Promises: a row is settled once, by the server's own word: sent, to be tried again, failed
/// (then a ticket is open), or in doubt. After a crash: a claimed row comes back when its lease runs out, marked in
/// doubt, and goes out again under the same Message-ID; this is the one place where a customer may get two copies.
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
        hands = Hands(policy.deliveryWidth)
    }

    func round(_ group: inout DiscardingTaskGroup, whenFree: @escaping @Sendable () -> Void)
        async throws(StoreError) -> Bool
    {
        let now = seams.surroundings.now()
        guard gate.mayTry(now) else { return false }
        let granted = pace.take(hands.free, now: now)
        guard granted > 0 else { return false }
        let leases: [Lease<OutboxEntry>]
        do {
            leases = try await seams.store.claimDeliveries(limit: granted)
        } catch {
            pace.giveBack(granted)
            throw error
        }
        pace.giveBack(granted - leases.count)
        guard !leases.isEmpty else { return false }
        keeper.hold(leases)
        let begun = hands.take(leases)
        guard gate.begin() else {
            for lease in begun { group.addTask { await carry(lease, whenFree) } }
            return true
        }
        // The mail server could not be used: one mail looks whether it can again, the others wait for what it finds.
        group.addTask {
            if let first = begun.first { await carry(first, isProbe: true, whenFree) }
            gate.heard(.untried, now: seams.surroundings.now())
            await withDiscardingTaskGroup { rest in
                for lease in begun.dropFirst() { rest.addTask { await carry(lease, whenFree) } }
            }
        }
        return true
    }

    private func carry(_ lease: Lease<OutboxEntry>, isProbe: Bool = false, _ whenFree: @Sendable () -> Void) async {
        await deliver(lease, isProbe: isProbe)
        keeper.forget(hands.current(lease))
        if hands.end(lease) { whenFree() }
    }

    private func deliver(_ lease: Lease<OutboxEntry>, isProbe: Bool) async {
        let entry = lease.item
        if Task.isCancelled { return await keeper.giveBack([hands.current(lease)]) }
        let outcome = await outcome(of: lease, isProbe: isProbe)
        // A stop while the mail stood in line: nothing was tried.
        if Task.isCancelled, case .notSent = outcome { return await keeper.giveBack([hands.current(lease)]) }
        let now = seams.surroundings.now()
        let chance = Double(seams.surroundings.randomBytes(1)[0]) / 255
        let verdict = DeliveryRule.judge(
            outcome, purpose: entry.reply.purpose, attempts: entry.attempts + 1, wasInDoubt: entry.wasInDoubt,
            age: now - entry.createdAt, chance: chance)
        // No fault of this mail, unless it is too late for it: it waits, and the attempt does not count.
        if gate.reason != nil, case .notSent = outcome, case .again = verdict {
            return await keeper.giveBack([hands.current(lease)])
        }
        let settlement = settlement(verdict, entry, now)
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

    /// A mail that takes the program down with it, or whose end can never be recorded, must not go out for ever.
    private func outcome(of lease: Lease<OutboxEntry>, isProbe: Bool) async -> SendOutcome {
        let lost = lease.attempts - lease.item.attempts
        guard lost < Self.lostLimit else {
            return .inDoubt(reason: "\(lost) attempts ended without a record of what became of them")
        }
        if !isProbe, let reason = gate.reason { return .notSent(isTemporary: true, reason: reason) }
        var mail = outbound(lease.item)
        // The lease is looked at again when the mail's turn has come: one that stood in line, or still, for too long may
        // be another node's.
        mail.mayBegin = { keeper.holds(hands.current(lease)) }
        let outcome = await sender.send(mail)
        // A mail that was called off before its turn says nothing about the server.
        let isOurs = keeper.holds(hands.current(lease))
        gate.heard(isOurs ? Breaker.Event(outcome) : .untried, now: seams.surroundings.now())
        return outcome
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
