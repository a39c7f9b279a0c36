// Codes in words: outcomes, rules, kinds, channels and languages as people read them.

import Correspondence

enum Wordings {
    static func outcome(_ outcome: Outcome?) -> String {
        switch outcome {
        case .answered: "Answered"
        case .review: "Draft waits for release"
        case .ticket: "With a person"
        case .suppressed: "Not answered on purpose"
        case .quarantined: "Could not be read"
        case .recorded: "Taken down only"
        case nil: "Being worked on"
        }
    }

    static func delivery(_ state: OutboxState) -> String {
        switch state {
        case .pending: "queued"
        case .sending: "being sent"
        case .sent: "sent"
        case .inDoubt: "in doubt"
        case .failed: "failed"
        case .withdrawn: "withdrawn"
        }
    }

    static func status(_ status: SupportTicket.Status) -> String {
        switch status {
        case .new: "new"
        case .open: "open"
        case .waiting: "with customer"
        case .resolved: "resolved"
        case .closed: "closed"
        }
    }

    static func kind(_ kind: MessageKind) -> String {
        switch kind {
        case .loop: "Our own mail, come back"
        case .bounce: "Bounces"
        case .report: "Receipts and reports"
        case .autoReply: "Out-of-office and other automatic replies"
        case .bulk: "Newsletters and notices"
        case .human: "People"
        }
    }

    static func channel(_ channel: Channel) -> String {
        switch channel.kind {
        case .mailbox: "Mailbox \(channel.name)"
        case .webhook: "Webhook \(channel.name)"
        case .chat: "Chat"
        case .imported: "Import"
        }
    }

    static func rule(_ rule: String) -> String {
        let known = [
            "confidence": "Not sure enough", "wantsHuman": "Asked for a person", "unverified": "Sender not verified",
            "nothingFound": "Nothing in the knowledge base", "nothingAsked": "No words to answer",
            "shadow": "Shadow mode", "review": "Kept for release", "limit": "Limit of automatic replies",
            "draft": "Draft held back by the guard", "notAnswerable": "May not get an automatic answer",
            "noAddress": "No address to answer to", "stranger": "Stranger in a conversation",
            "participant": "Written by somebody in Cc", "tooOld": "Too old for an automatic answer",
            "modelFailed": "The model could not draft", "ticketOpen": "Added to an open ticket",
            "language": "A language the desk does not answer in", "escalated": "Handed over", "budget": "Budget spent",
        ]
        if let words = known[rule] { return words }
        if rule.hasPrefix("topic:") { return "Topic: \(rule.dropFirst("topic:".count))" }
        return spaced(rule)
    }

    /// `tooManyReplies` is `Too many replies`.
    static func spaced(_ code: String) -> String {
        var text = ""
        for character in code {
            if character.isUppercase, let last = text.last, last.isLowercase { text.append(" ") }
            text.append(contentsOf: text.isEmpty ? character.uppercased() : character.lowercased())
        }
        return text
    }

    /// What a draft's language was chosen by.
    static func evidence(_ evidence: LanguageEvidence) -> String {
        switch evidence {
        case .text: "as the message is written"
        case .conversation: "as the customer wrote before"
        case .customer: "as in the customer's earlier conversation"
        case .desk: "the desk's own: nothing shows the customer's"
        }
    }

    static func language(_ code: String) -> String {
        let base = String(code.prefix { $0 != "-" })
        return languages[code] ?? languages[base].map { base == code ? $0 : "\($0) (\(code))" } ?? code
    }

    static let languages = [
        "und": "Unknown", "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish",
        "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
        "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
        "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
        "nb": "Norwegian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
        "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai",
        "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
    ]

    static func isRightToLeft(_ language: String) -> Bool {
        ["ar", "fa", "he", "ur", "yi", "ps", "sd", "dv"].contains(String(language.prefix { $0 != "-" }).lowercased())
    }
}
