// Senders that no person reads: by the local part of the address.
import Correspondence

enum RobotAddress {
    private static let exact: Set<String> = [
        "mailer-daemon", "postmaster", "listserv", "majordomo", "daemon", "server", "root", "cron", "nobody",
        "www-data",
        "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply", "do.not.reply",
        "dontreply", "notreply", "nepasrepondre", "ne-pas-repondre", "keine-antwort", "bitte-nicht-antworten",
        "noresponder", "no-responder", "naoresponda", "nao-responda", "nicht-antworten", "non-rispondere",
        "nonrispondere", "nie-odpowiadaj", "nieodpowiadaj", "bounce", "bounces", "mailerdaemon", "autoresponder",
        "auto-reply", "autoreply", "unattended",
    ]
    private static let parts = ["noreply", "no-reply", "donotreply", "do-not-reply", "no_reply"]

    /// Why the sender is no person, nil when it may be one.
    static func reason(_ facts: MailFacts) -> String? {
        guard !facts.context.forms.contains(where: { $0 == facts.message.from?.address }) else { return nil }
        return reason(facts.localPart)
    }

    static func reason(_ localPart: String) -> String? {
        let isRobot =
            exact.contains(localPart) || localPart.hasPrefix("bounce+") || localPart.hasPrefix("bounce-")
            || localPart.hasPrefix("bounces+") || localPart.hasPrefix("bounces-") || localPart.hasPrefix("bounce=")
            || localPart.hasPrefix("owner-") || localPart.hasSuffix("-owner") || localPart.hasSuffix("-request")
            || localPart.hasSuffix("-bounces") || localPart.hasPrefix("prvs=")
            || parts.contains { localPart.hasPrefix($0) || localPart.hasSuffix($0) }
        return isRobot ? "the sender \(localPart.prefix(40)) is no person" : nil
    }
}
