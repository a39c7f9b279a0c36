// Why a mail was not delivered, in words an agent understands.

package enum FailedDelivery {
    private static let foreignWords = "; their server said: "

    /// A reason without what a foreign server said, which may be long and is for those who look closer.
    package static func short(_ reason: String) -> String {
        reason.firstRange(of: foreignWords).map { String(reason[..<$0.lowerBound]) } ?? reason
    }

    /// Of a foreign server's own words, in Unicode scalars.
    static let diagnosticLimit = 300

    /// `a reply to anna@example.org could not be delivered: there is no such mailbox (5.1.1); their server said: …`
    package static func reason(_ bounce: Bounce?) -> String {
        var reason = "a reply"
        if let recipient = bounce?.recipient.map(line), !recipient.isEmpty { reason += " to \(recipient)" }
        reason += " could not be delivered"
        if let status = bounce?.status.map(line), !status.isEmpty {
            reason += meaning(status).map { ": \($0) (\(status))" } ?? ": \(status)"
        }
        if let diagnostic = bounce?.diagnostic.map(line), !diagnostic.isEmpty {
            reason += foreignWords + diagnostic
        }
        return reason
    }

    /// RFC 3463: the class is known (the mail failed for good), subject and detail say why.
    package static func meaning(_ status: String) -> String? {
        let parts = status.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        switch (parts[1], parts[2]) {
        case ("1", "1"), ("1", "3"), ("1", "6"): return "there is no such mailbox"
        case ("1", "2"), ("1", "10"), ("4", "4"), ("4", "3"): return "no mail server takes mail for that domain"
        case ("1", _): return "the address is not right"
        case ("2", "1"): return "the mailbox is switched off"
        case ("2", "2"): return "the mailbox is full"
        case ("2", "3"), ("3", "4"): return "the mail is too large for it"
        case ("2", _): return "the mailbox takes no mail"
        case ("3", _): return "their mail system takes no mail"
        case ("4", "7"): return "it was tried until it was too old"
        case ("4", "6"): return "the mail went in a circle"
        case ("4", _): return "their mail server could not be reached"
        case ("5", _): return "the mail servers did not understand each other"
        case ("6", _): return "their mail server does not take the form of the mail"
        case ("7", _): return "their mail server refuses mail from us"
        default: return nil
        }
    }

    /// One line without control characters, whoever wrote it.
    private static func line(_ text: String) -> String {
        let words = text.unicodeScalars.prefix(diagnosticLimit).split {
            $0.properties.isWhitespace || $0.properties.generalCategory == .control
        }
        return words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
    }
}
