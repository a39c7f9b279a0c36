// Senders that no person reads: by the local part of the address.
import Correspondence

enum RobotAddress {
    private static let exact: Set<String> = [
        "mailer-daemon", "listserv", "majordomo", "daemon", "server", "root", "cron", "nobody",
        "www-data",
        "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply", "do.not.reply",
        "dontreply", "notreply", "nepasrepondre", "ne-pas-repondre", "keine-antwort", "bitte-nicht-antworten",
        "noresponder", "no-responder", "naoresponda", "nao-responda", "nicht-antworten", "non-rispondere",
        "nonrispondere", "nie-odpowiadaj", "nieodpowiadaj", "bounce", "bounces", "mailerdaemon", "autoresponder",
        "auto-reply", "autoreply", "unattended",
    ]
    private static let starts: [StaticString] = [
        "bounce+", "bounce-", "bounces+", "bounces-", "bounce=", "owner-", "prvs=", "noreply", "no-reply", "donotreply",
        "do-not-reply", "no_reply",
    ]
    private static let ends: [StaticString] = [
        "-owner", "-request", "-bounces", "noreply", "no-reply", "donotreply", "do-not-reply", "no_reply",
    ]

    /// Why the sender is no person, nil when it may be one.
    static func reason(_ facts: MailFacts) -> String? {
        guard !facts.context.forms.contains(where: { $0 == facts.message.from?.address }) else { return nil }
        return reason(facts.localPart)
    }

    static func reason(_ localPart: String) -> String? {
        var part = localPart
        let isLikely = part.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            return starts.contains { bytes.begins(at: 0, with: $0) }
                || ends.contains { bytes.begins(at: bytes.count - $0.utf8CodeUnitCount, with: $0) }
        }
        guard isLikely || exact.contains(localPart) else { return nil }
        return "the sender \(localPart.prefix(40)) is no person"
    }
}
