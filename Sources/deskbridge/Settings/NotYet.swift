// Settings whose work is not built yet: named here, all in one place, and refused rather than ignored.

/// When a feature is built, its line goes. docs/settings.md marks the same keys (a test compares).
enum NotYet {
    /// The keys of which some value is refused.
    static let keys: [String] = [
        "store", "webhooks[].vendor", "language.model", "answering.embeddings", "answering.wanted-accuracy",
        "answering.budget.per-conversation", "answering.budget.per-day",
    ]

    static func check(_ settings: Settings, in root: SettingsSection) {
        func refuse(_ isWanted: Bool, _ section: SettingsSection, _ key: String, _ instead: String) {
            if isWanted { section.problem("this version cannot do this yet: \(instead)", at: key) }
        }
        if case .postgresql = settings.store {
            refuse(true, root, "store", "the store is sqlite:PATH")
        }
        for (section, webhook) in zip(root.sections("webhooks"), settings.webhooks) {
            refuse(webhook.vendor != .standard, section, "vendor", "it can be standard alone (the body is the mail)")
        }
        refuse(
            !settings.languageModel.isEmpty, root.section("language"), "model", "leave it empty for the built-in way")
        let answering = root.section("answering")
        refuse(settings.answering.embeddings != "none", answering, "embeddings", "it can be none alone")
        refuse(settings.answering.wantedAccuracy != nil, answering, "wanted-accuracy", "give confidence instead")
        let hasBudget = settings.answering.budgetPerConversation != nil || settings.answering.budgetPerDay != nil
        refuse(hasBudget, answering, "budget", "leave it out; models' costs have no ceiling yet")
    }
}
