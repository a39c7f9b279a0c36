// Settings whose work is not built yet: named here, all in one place, and refused rather than ignored.

import Correspondence

/// When a feature is built, its line goes. docs/settings.md marks the same keys (a test compares).
enum NotYet {
    /// The keys of which some value is refused.
    static let keys: [String] = [
        "webhooks[].vendor", "answering.wanted-accuracy",
        "answering.budget.per-conversation", "answering.budget.per-day", "tickets.first-response",
        "tickets.resolution", "reports[].kind", "retention.raw-mail", "retention.conversations",
    ]

    static func check(_ settings: Settings, in root: SettingsSection) {
        func refuse(_ isWanted: Bool, _ section: SettingsSection, _ key: String, _ instead: String) {
            if isWanted { section.problem("this version cannot do this yet: \(instead)", at: key) }
        }
        for (section, webhook) in zip(root.sections("webhooks"), settings.webhooks) {
            refuse(webhook.vendor != .standard, section, "vendor", "it can be standard alone (the body is the mail)")
        }
        let answering = root.section("answering")
        refuse(settings.answering.wantedAccuracy != nil, answering, "wanted-accuracy", "give confidence instead")
        let tickets = root.section("tickets")
        let firstResponse = settings.tickets.firstResponse != .hours(4)
        refuse(firstResponse, tickets, "first-response", "leave it out: nothing watches it")
        refuse(settings.tickets.resolution != .days(3), tickets, "resolution", "leave it out: nothing watches it")
        for (section, report) in zip(root.sections("reports"), settings.reports) {
            refuse(report.kind == .analytics, section, "kind", "it can be digest or tickets")
        }
        let retention = root.section("retention")
        let rawMail = settings.retention.rawMail
        refuse(
            rawMail != nil && rawMail != .days(365), retention, "raw-mail", "leave it out: nothing is deleted by itself"
        )
        refuse(
            settings.retention.conversations != nil, retention, "conversations",
            "leave it out: nothing is deleted by itself; deskbridge conversation erase does it by hand")
        let hasBudget = settings.answering.budgetPerConversation != nil || settings.answering.budgetPerDay != nil
        refuse(hasBudget, answering, "budget", "leave it out; models' costs have no ceiling yet")
    }
}
