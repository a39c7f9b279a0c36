// What runs: every station, mailbox and keeper as one list of services.

package import Correspondence
import Logging
package import ServiceLifecycle

/// Made once by the wiring, handed to one service group. All of it stops within seconds of a graceful stop: claims end,
/// mails being sent are waited for, leases are given back.
package struct GatewayServices: Sendable {
    package let services: [any Service]
    /// By name, for `/readyz` and pages.
    package let mailboxes: [String: MailboxDoor]
    /// Whether mails go out, for `/readyz` and pages; nil without a mail server.
    package let outgoing: SubmissionGate?
    package let intake: Intake
    package let chat: ChatDesk
    /// One of `services`; for live events.
    package let history: HistoryHub
    package let tickets: TicketDesk

    /// `kinds` leaves stations out where a benchmark measures one alone.
    package init(
        seams: GatewaySeams, policy: GatewayPolicy, signer: TokenSigner, sources: [any MailboxSource],
        rate: Rate? = nil, kinds: Set<WorkKind> = Set(WorkKind.allCases)
    ) {
        let store = seams.store
        let logger = seams.logger
        let keeper = LeaseKeeper(store: store, logger: logger)
        let gate = KnowledgeGate()
        let handover = Handover(store: store, keeper: keeper)
        var stations: [any Station] = [
            FilingStation(seams: seams, policy: policy, signer: signer, keeper: keeper, handover: handover),
            DraftingStation(seams: seams, policy: policy, signer: signer, keeper: keeper, gate: gate),
            NoticeStation(seams: seams, policy: policy, signer: signer, keeper: keeper),
        ]
        outgoing = seams.sender == nil ? nil : SubmissionGate(logger: logger)
        if let sender = seams.sender {
            stations.append(
                DeliveryStation(
                    seams: seams, policy: policy, signer: signer, keeper: keeper, sender: sender, pace: Pace(rate),
                    gate: outgoing))
        }
        var doors: [String: MailboxDoor] = [:]
        var watches: [any Service] = []
        for source in sources {
            let door = MailboxDoor(
                name: source.name, store: store, handover: handover, surroundings: seams.surroundings, logger: logger)
            doors[source.name] = door
            watches.append(
                MailboxWatch(source: source, door: door, surroundings: seams.surroundings, logger: logger))
        }
        history = HistoryHub(store: store, logger: logger)
        // Stopped in reverse order: mailboxes first, then stations, the keeper of leases last.
        services =
            [
                LeaseRelease(keeper: keeper), keeper, history,
                ArticleKeeper(store: store, search: seams.search, gate: gate, logger: logger),
            ]
            + stations.filter { kinds.contains($0.kind) }.map {
                StationService(station: $0, store: store, logger: logger)
            } + watches
        mailboxes = doors
        intake = Intake(store: store, handover: handover, surroundings: seams.surroundings)
        chat = ChatDesk(
            store: store, intake: intake, history: history, guess: seams.guess, desk: policy.desk,
            surroundings: seams.surroundings)
        tickets = TicketDesk(
            store: store, policy: policy, signer: signer, reports: seams.reports, surroundings: seams.surroundings)
    }

    /// Whether every mailbox has been seen once, and nothing has failed since.
    package var isReady: Bool {
        mailboxes.values.allSatisfy { door in
            if case .caughtUp = door.state { return true }
            return false
        }
    }
}

/// The first in the list is stopped last: when the stations have ended, whatever lease is left is given back.
private struct LeaseRelease: Service {
    let keeper: LeaseKeeper

    func run() async throws {
        try? await gracefulShutdown()
        await keeper.releaseAll()
    }
}
