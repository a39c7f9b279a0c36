// Leases: renewed while work is done, lost by whoever stops, and given back at a graceful end.

import Correspondence
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct LeaseTests {
    @Test func `a draft that takes longer than its lease is kept by the keeper`() async throws {
        let slow = LateMail()
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (_, request) async throws(AnswererError) -> Draft in
                await slow.arrive()
                return Sample.draft()
            })
        slow.set { () async throws -> ArrivalID? in
            for _ in 0..<12 {
                rig.clock.advance(.seconds(10))
                await rig.keeper.renew()
                #expect(try await rig.base.claimDrafting(limit: 1).isEmpty)
            }
            return nil
        }
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .answered)
        #expect(rig.answerer.requests.count == 1)
    }

    @Test func `a drafter that stood still changes nothing when it wakes`() async throws {
        let pause = LateMail()
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (number, _) async throws(AnswererError) -> Draft in
                if number == 1 { await pause.arrive() }
                return Sample.draft("Draft \(number)")
            })
        let other = DraftingStation(
            seams: rig.seams, policy: rig.policy, signer: rig.signer,
            keeper: LeaseKeeper(store: rig.store, logger: rig.seams.logger), gate: KnowledgeGate(isOpen: true))
        let arrival = try await rig.arrive(rig.mail("m1"))
        pause.set { () async throws -> ArrivalID? in
            rig.clock.advance(.seconds(31))
            #expect(try await other.round())
            // The one that slept finds its lease gone.
            await rig.keeper.renew()
            return nil
        }
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .answered)
        #expect(rig.answerer.requests.count == 2)
        #expect(try await rig.outbox(.automaticReply).map(\.reply.body) == ["Draft 2"])
        let events = try await rig.base.events(after: 0, conversation: nil, limit: 100).map(\.kind)
        #expect(events.filter { $0 == .replyQueued }.count == 1 && events.filter { $0 == .draftMade }.count == 1)
    }

    @Test func `a sender that stood still cannot settle what another one sent`() async throws {
        let pause = LateMail()
        let sender = FakeMailSender { number, _ in
            guard number == 1 else { return .accepted(reply: "250 second") }
            await pause.arrive()
            return .refused(isTemporary: false, code: 550, reply: "late word")
        }
        let rig = try await GatewayRig(sender: sender)
        let other = DeliveryStation(
            seams: rig.seams, policy: rig.policy, signer: rig.signer,
            keeper: LeaseKeeper(store: rig.store, logger: rig.seams.logger), sender: sender, pace: Pace(nil))
        pause.set { () async throws -> ArrivalID? in
            rig.clock.advance(.seconds(31))
            #expect(try await other.round())
            return nil
        }
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        let entry = try #require(try await rig.outbox(.automaticReply).first)
        #expect(entry.state == .sent && entry.wasInDoubt)
        #expect(try await rig.conversation(of: arrival).ticket == nil)
    }

    @Test func `a reader that stood still files nothing twice`() async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(rig.mail("m1"))
        let leases = try await rig.base.claimArrivals(limit: 10, byteLimit: 1_000_000)
        rig.clock.advance(.seconds(31))
        await rig.work([.read])
        let filing = Filing(
            message: rig.mail("m1"), record: rig.clock.surroundings.makeID(),
            newConversation: rig.clock.surroundings.makeID(), token: nil, number: nil, words: [], language: "en",
            deskAddresses: [])
        let results = try await rig.base.file(leases.map { ($0, filing) })
        guard case .failure(let error) = results.first else {
            Issue.record("a late filing was taken")
            return
        }
        #expect(error.code == .stale)
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.messages(of: arrival).count == 2)
    }

    @Test func `the keeper forgets what ended and drops what was lost`() async throws {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1"))
        await rig.work([.read])
        let lease = try #require(try await rig.base.claimDrafting(limit: 1).first)
        rig.keeper.hold([lease])
        rig.clock.advance(.seconds(20))
        await rig.keeper.renew()
        rig.clock.advance(.seconds(20))
        #expect(try await rig.base.claimDrafting(limit: 1).isEmpty)
        await rig.keeper.giveBack([lease])
        let again = try #require(try await rig.base.claimDrafting(limit: 1).first)
        #expect(again.attempts == 0 && again.fence > lease.fence)
        // The old lease, still held by a mistaken keeper, neither renews nor releases the new one.
        rig.keeper.hold([lease])
        await rig.keeper.renew()
        await rig.keeper.releaseAll()
        #expect(try await rig.base.claimDrafting(limit: 1).isEmpty)
    }

    @Test func `a mail whose turn comes after its lease is not begun`() async throws {
        let late = Mutex(Duration.zero)
        let rig = try await GatewayRig()
        let began = ContinuousClock.now
        let keeper = LeaseKeeper(
            store: rig.store, logger: rig.seams.logger, clock: { began + late.withLock { $0 } })
        let standing = FakeMailSender()
        let delivery = DeliveryStation(
            seams: rig.seams, policy: rig.policy, signer: rig.signer, keeper: keeper,
            sender: LateSender(standing) { late.withLock { $0 += .seconds(26) } }, pace: Pace(nil))
        try await rig.arrive(rig.mail("m1"))
        await rig.work([.read, .draft])
        #expect(try await delivery.round())
        #expect(standing.attempts.isEmpty)
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.pending])
        await rig.workOn()
        try await rig.expectWhole()
        #expect(rig.sender.attempts.count == 1)
    }

    /// A rig whose store tells of what it has done.
    private func watched(_ sender: FakeMailSender = FakeMailSender()) async throws -> (GatewayRig, FaultyStore) {
        let box = Mutex<FaultyStore?>(nil)
        let rig = try await GatewayRig(
            sender: sender,
            wrap: { store in
                let faulty = FaultyStore(store)
                box.withLock { $0 = faulty }
                return faulty
            })
        return (rig, try #require(box.withLock { $0 }))
    }

    @Test func `a mail that this process claims again while its settlement stands in line goes out once`() async throws
    {
        enum Sign { case claimed, refused }
        let signs = Mutex<Set<Sign>>([])
        let deed = LateMail()
        let sender = FakeMailSender { number, _ in
            if number == 1 { await deed.arrive() }
            return .accepted(reply: "250 ok")
        }
        let (rig, store) = try await watched(sender)
        try await rig.arrive(rig.mail("m1"))
        await rig.work([.read, .draft])
        let again = Mutex<Task<Bool, any Error>?>(nil)
        deed.set { () async throws -> ArrivalID? in
            // The store stands still for longer than the lease; then it claims before it settles, and the claim's word
            // comes after that of the settlement.
            rig.clock.advance(.seconds(31))
            store.afterwards { call, error in
                switch call {
                case "claimDeliveries":
                    signs.withLock { _ = $0.insert(.claimed) }
                    let deadline = ContinuousClock.now + .seconds(10)
                    while !signs.withLock({ $0.contains(.refused) }), .now < deadline {
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                case "settle" where error?.code == .stale: signs.withLock { _ = $0.insert(.refused) }
                default: break
                }
            }
            again.withLock { $0 = Task { try await rig.delivery.round() } }
            try await wait("claimed again") { signs.withLock { $0.contains(.claimed) } }
            return nil
        }
        #expect(try await rig.delivery.round())
        _ = try await again.withLock { $0 }?.value
        #expect(signs.withLock { $0.contains(.refused) })
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.sent])
        await rig.workOn()
        #expect(rig.sender.attempts.count == 1)
        try await rig.expectWhole()
    }

    @Test func `a lease is counted from before its claim, however long its word takes`() async throws {
        let late = Mutex(Duration.zero)
        let began = ContinuousClock.now
        let (rig, store) = try await watched()
        let keeper = LeaseKeeper(
            store: rig.store, logger: rig.seams.logger, clock: { began + late.withLock { $0 } })
        let delivery = DeliveryStation(
            seams: rig.seams, policy: rig.policy, signer: rig.signer, keeper: keeper, sender: rig.sender,
            pace: Pace(nil))
        try await rig.arrive(rig.mail("m1"))
        await rig.work([.read, .draft])
        store.afterwards { call, _ in if call == "claimDeliveries" { late.withLock { $0 += .seconds(26) } } }
        #expect(try await delivery.round())
        #expect(rig.sender.attempts.isEmpty)
        store.afterwards { _, _ in }
        #expect(try await delivery.round())
        #expect(rig.sender.attempts.count == 1)
        try await rig.expectWhole()
    }

    // MARK: The services

    private func services(_ rig: GatewayRig) -> GatewayServices {
        GatewayServices(seams: rig.seams, policy: rig.policy, signer: rig.signer, sources: [])
    }

    private func group(_ services: GatewayServices) -> ServiceGroup {
        ServiceGroup(
            services: services.services,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func wait(_ what: String, until condition: @Sendable () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw StoreError(.other, detail: "never: \(what)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func `services carry a mail from its arrival to its answer`() async throws {
        let rig = try await GatewayRig()
        let running = services(rig)
        let group = group(running)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for number in 0..<20 {
                _ = try await running.intake.accept([
                    running.intake.arrival(
                        rig.mail("m\(number)", from: "c\(number)@x.example").bytes, channel: Channel(.webhook, "in"))
                ])
            }
            try await wait("all sent") { rig.sender.attempts.count == 20 }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try await rig.expectWhole()
    }

    @Test func `mails that were handed over and not filed when the program was killed are filed at once by the next`()
        async throws
    {
        let path = try TestFolder.make("killed") + "/desk.sqlite"
        let killed = try await GatewayRig(path: path)
        // Open, as after the station's first look.
        killed.handover.open(killed.handover.mark)
        let arrivals = (0..<200).map { number in
            Arrival(
                id: killed.clock.surroundings.makeID(), channel: Channel(.mailbox, "support"), key: "7/\(number)",
                receivedAt: killed.clock.now,
                bytes: killed.mail("m\(number)", from: "c\(number)@x.example").bytes)
        }
        _ = try await killed.handover.accept(arrivals, cursor: nil)
        #expect(try await killed.base.claimArrivals(limit: 9, byteLimit: 1_000_000).isEmpty)
        // Nothing is given back.
        await killed.close()
        let rig = try await GatewayRig(clock: killed.clock, path: path)
        let group = group(services(rig))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            // The clock stands still: no lease runs out.
            try await wait("all filed") {
                try await rig.base.ledger(outcome: nil, limit: 1000, before: nil).allSatisfy { $0.message != nil }
            }
            try await wait("all sent") { rig.sender.attempts.count == 200 }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try await rig.expectWhole()
    }

    @Test func `a draft or a mail that hangs holds up no other`() async throws {
        let hang = "This one hangs."
        let sender = FakeMailSender { _, mail in
            if mail.text.contains(hang) { try? await Task.sleep(for: .seconds(600)) }
            return .accepted(reply: "250 ok")
        }
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (_, request) async throws(AnswererError) -> Draft in
                guard request.question == "hang in drafting" else { return Sample.draft(request.question) }
                do { try await Task.sleep(for: .seconds(600)) } catch {}
                throw AnswererError(.unavailable, detail: "cancelled")
            }, sender: sender,
            policy: {
                $0.draftingWidth = 2
                $0.deliveryWidth = 2
            })
        let group = group(services(rig))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await rig.arrive(rig.mail("a", from: "a@x.example", text: "hang in drafting"))
            try await rig.arrive(rig.mail("b", from: "b@x.example", text: hang))
            try await wait("both hang") { rig.answerer.requests.count == 2 && rig.sender.begun == 1 }
            for number in 0..<8 {
                try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", text: "Number \(number)?"))
            }
            try await wait("the others are sent") { rig.sender.attempts.count == 8 }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(Set(rig.sender.attempts.map(\.recipient)).count >= 8)
    }

    @Test func `work that is claimed again while it is under way here is not begun twice`() async throws {
        let hands = Hands(2)
        let first = Lease(work: "1", fence: 1, attempts: 0, item: "x")
        let again = Lease(work: "1", fence: 2, attempts: 1, item: "x")
        let other = Lease(work: "2", fence: 1, attempts: 0, item: "y")
        #expect(hands.take([first]).map(\.fence) == [1] && hands.free == 1)
        #expect(hands.take([again, other]).map(\.work) == ["2"])
        #expect(hands.current(first).fence == 2 && hands.free == 0)
        #expect(hands.end(first) && hands.free == 1)
    }

    @Test func `a graceful stop gives up drafts and gives their leases back; no ticket is made of it`() async throws {
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (_, _) async throws(AnswererError) -> Draft in
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    throw AnswererError(.unavailable, detail: "cancelled")
                }
                return Sample.draft()
            })
        let arrival = try await rig.arrive(rig.mail("m1"))
        let group = group(services(rig))
        var began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await wait("asked") { rig.answerer.requests.count == 1 }
            began = ContinuousClock.now
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        // The draft would take ten minutes; a loaded machine may take a while to give it up.
        #expect(ContinuousClock.now - began < .seconds(60))
        #expect(try await rig.outcome(arrival) == nil)
        let leases = try await rig.base.claimDrafting(limit: 10)
        #expect(leases.map(\.attempts) == [0])
        await rig.keeper.giveBack(leases)
    }

    @Test func `what is being sent when the program is cancelled is given back to nobody`() async throws {
        let late = LateMail()
        let rig = try await GatewayRig(
            sender: FakeMailSender { _, _ in
                await late.arrive()
                return .accepted(reply: "250 ok")
            })
        late.set {
            // The limit of a graceful stop is over; the server has not answered yet.
            await rig.keeper.releaseAll()
            let given = try await rig.base.claimDeliveries(limit: 5)
            #expect(given.isEmpty)
            rig.clock.advance(leaseDuration + .seconds(1))
            // Whoever comes after this process knows that the mail may be out.
            let later = try await rig.base.claimDeliveries(limit: 5)
            #expect(later.map(\.item.wasInDoubt) == [true])
            return nil
        }
        try await rig.arrive(rig.mail("m1"))
        await rig.work()
        #expect(rig.sender.begun == 1)
    }

    @Test func `a graceful stop waits for the mail that is being sent, and settles it`() async throws {
        let rig = try await GatewayRig(
            sender: FakeMailSender { _, _ in
                // A dialogue with the server does not end because we want to.
                let done = ContinuousClock.now + .milliseconds(500)
                while ContinuousClock.now < done { await Task.yield() }
                return .accepted(reply: "250 ok")
            })
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work([.read, .draft])
        let group = group(services(rig))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await wait("being sent") { rig.sender.begun == 1 }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.sent])
        #expect(try await rig.outcome(arrival) == .answered)
        #expect(rig.sender.attempts.count == 1)
        try await rig.expectWhole()
    }
}

/// A mail server's line in which mails wait before their turn.
private struct LateSender: MailSender {
    let sender: FakeMailSender
    var connections: Int { sender.connections }
    let wait: @Sendable () -> Void

    init(_ sender: FakeMailSender, wait: @escaping @Sendable () -> Void) {
        self.sender = sender
        self.wait = wait
    }

    func send(_ mail: OutboundMail) async -> SendOutcome {
        wait()
        return await sender.send(mail)
    }

    func probe() async -> SendOutcome { await sender.probe() }
}
