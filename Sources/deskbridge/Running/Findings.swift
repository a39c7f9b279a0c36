// Settings that are allowed and seldom meant: `check` and `serve` warn of them.

import Correspondence

enum Findings {
    static func warnings(_ settings: Settings) -> [String] {
        var found: [String] = []
        if settings.mailboxes.isEmpty, settings.webhooks.isEmpty {
            found.append("no mailbox and no webhook is set: no mail comes in; name one under mailboxes")
        }
        if settings.smtp == nil {
            found.append("smtp is not set: answers stay in the outbox; name your mail server there")
        }
        let channels =
            settings.mailboxes.map { ("mailbox \($0.account.name)", $0.trust, $0.answersUnverified) }
            + settings.webhooks.map { ("webhook \($0.name)", $0.trust, $0.answersUnverified) }
        for (channel, trust, answersUnverified) in channels {
            if case .nobody = trust, !answersUnverified {
                found.append(
                    "\(channel): no authentication-results are trusted, so no sender is verified and nobody gets an "
                        + "automatic answer; name your mail server there")
            }
            if answersUnverified {
                found.append("\(channel): unverified senders are answered; forged mails are too")
            }
        }
        if settings.knowledge.isEmpty { found.append("knowledge is not set: only articles added by command are known") }
        return found
    }
}
