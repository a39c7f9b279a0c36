// The stations between a mail that came in and a reply that went out.

/// Read a station's own file for what it takes, what it promises and what is left after a crash:
///
/// | station | file | takes | leaves |
/// | --- | --- | --- | --- |
/// | intake | `Intake/Intake.swift` | bytes from mailbox, webhook, chat, import | a ledger row, committed |
/// | filing | `Filing/FilingStation.swift` | unread ledger rows | a message in its conversation, or its outcome |
/// | drafting | `Drafting/DraftingStation.swift` | conversations with waiting messages | reply or ticket, and outcomes |
/// | telling | `Notices/NoticeStation.swift` | tickets that agents are to be told of | mails to agents in the outbox |
/// | delivery | `Delivery/DeliveryStation.swift` | due outbox rows | what the SMTP server said |
///
/// Gateway knows only seams (`GatewaySeams`) and rules (`GatewayPolicy`); `GatewayServices` is what runs.
package enum GatewayGuide {}
