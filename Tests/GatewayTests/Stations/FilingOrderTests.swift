// Whatever fails between intake and filing: a follow-up is never filed before the mail it follows.

import Correspondence
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct FilingOrderTests {
    private static let customers = FilingStation.batch
    private static let rounds = 3

    /// Each customer writes `rounds` mails, each in answer to the one before; a batch holds one of each customer.
    private func batches(_ rig: GatewayRig) -> [[Arrival]] {
        (0..<Self.rounds).map { round in
            (0..<Self.customers).map { customer in
                let message = rig.mail(
                    "m\(round)-\(customer)", from: "c\(customer)@x.example", subject: "Subject \(customer)"
                ) { message in
                    guard round > 0 else { return }
                    message.inReplyTo = [Sample.messageID("m\(round - 1)-\(customer)@x.example")]
                    message.references = message.inReplyTo
                    message.subject = "Re: " + message.subject
                }
                return Arrival(
                    id: rig.clock.surroundings.makeID(), channel: Channel(.mailbox, "support"),
                    key: message.messageID?.text ?? "", receivedAt: rig.clock.now, bytes: message.bytes)
            }
        }
    }

    /// As a channel does: handed over until it was kept.
    private func accept(_ batch: [Arrival], _ rig: GatewayRig) async throws {
        for _ in 0..<5 {
            do {
                _ = try await rig.handover.accept(batch, cursor: nil)
                return
            } catch {
                continue
            }
        }
        throw StoreError(.other, detail: "nothing was kept")
    }

    /// Rounds one upon the other, as the service runs them, until nothing is left; time stands still, so that no lease
    /// runs out.
    private func fileAll(_ rig: GatewayRig, afterwards isComplete: () -> Bool = { true }) async {
        let deadline = ContinuousClock.now + .seconds(120)
        let hasEnded = await withDiscardingTaskGroup { group in
            while ContinuousClock.now < deadline {
                let isAccepted = isComplete()
                do {
                    if isAccepted, try await rig.base.backlog()[.read] == nil { return true }
                    _ = try await rig.filing.round(&group, whenFree: {})
                } catch {
                    // A service would sleep over it.
                    continue
                }
            }
            return false
        }
        #expect(hasEnded)
    }

    private func expectOrder(_ rig: GatewayRig, _ batches: [[Arrival]], _ note: String) async throws {
        var filed: [ArrivalID: ConversationID] = [:]
        for entry in try await rig.base.ledger(outcome: nil, limit: 10_000, before: nil) {
            filed[entry.arrival] = entry.conversation
        }
        var torn: [String] = []
        for customer in 0..<Self.customers {
            let conversations = batches.map { filed[$0[customer].id] }
            if Set(conversations).count != 1 || conversations[0] == nil { torn.append("c\(customer)") }
        }
        #expect(torn.isEmpty, "\(torn.count) customers' mails stand in several conversations \(note)")
    }

    /// `width` calls in a row fail: with two, what failed cannot be given back at once either.
    @Test(arguments: [1, 2]) func `mails in line behind a batch that fails stay behind it`(width: Int) async throws {
        var number = 1
        var met: Set<String> = []
        while true {
            let failures = Set(number..<(number + width))
            let faulty = FaultyBox()
            let rig = try await GatewayRig(wrap: { store in
                let wrapped = FaultyStore(store, failsAt: failures)
                faulty.set(wrapped)
                return wrapped
            })
            rig.handover.open(rig.handover.mark)
            let batches = batches(rig)
            for batch in batches { try await accept(batch, rig) }
            await fileAll(rig)
            try await expectOrder(rig, batches, "(call \(number): \(faulty.store?.failed ?? "none"))")
            await rig.close()
            guard let failed = faulty.store?.failed else { break }
            met.insert(failed)
            number += 1
        }
        // The last of the failed calls is the one that is named.
        #expect(met.isSuperset(of: width == 1 ? ["acceptClaimed", "file"] : ["acceptClaimed", "release"]))
    }

    @Test(arguments: 1...2) func `mails that come while the store fails on and on are filed in order`(seed: UInt64)
        async throws
    {
        var state = seed
        let failures = (1...300).filter { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 62 == 0
        }
        let rig = try await GatewayRig(wrap: { FaultyStore($0, failsAt: Set(failures)) })
        rig.handover.open(rig.handover.mark)
        let batches = batches(rig)
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for batch in batches { try await accept(batch, rig) }
                progress.isAccepted.withLock { $0 = true }
            }
            await fileAll(rig) { progress.isAccepted.withLock { $0 } }
            try await tasks.waitForAll()
        }
        try await expectOrder(rig, batches, "(seed \(seed))")
    }
}

private final class Progress: Sendable {
    let isAccepted = Mutex(false)
}
