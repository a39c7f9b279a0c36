// What every report that stands alone says at its head and foot, and the list of tickets.

import Correspondence

enum FrameView {
    static func view(desk: DeskProfile, clock: DeskClock, now: Instant) -> [String: Any] {
        [
            "deskName": desk.name, "madeAt": clock.moment(now), "zone": clock.zoneName,
            "version": DeskbridgeVersion.text, "base": Absent(),
        ]
    }
}

enum TicketListView {
    static func view(_ tickets: [WaitingTicket], clock: DeskClock, now: Instant) -> [String: Any] {
        let urgent = tickets.count { $0.ticket.priority == .urgent || $0.ticket.priority == .high }
        let oldest = tickets.map(\.ticket.openedAt).min()
        var summary = "\(Numbers.count(tickets.count, "ticket waits", "tickets wait")) for a person"
        if urgent > 0 { summary += ", \(Numbers.count(urgent)) of them high or urgent" }
        if let oldest { summary += "; the oldest for \(DeskClock.age(of: oldest, at: now))" }
        return [
            "summary": tickets.isEmpty ? "" : summary + ".", "hasWaiting": !tickets.isEmpty,
            "waiting": tickets.map { TicketView.row($0, clock: clock, now: now) },
        ]
    }
}
