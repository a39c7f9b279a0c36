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
        found += notices(settings) + listening(settings)
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

    private static func notices(_ settings: Settings) -> [String] {
        let agents = settings.tickets.notify
        if agents.isEmpty {
            return ["tickets.notify is not set: nobody is told of a ticket; name your agents' addresses there"]
        }
        let desk = settings.desk.address.key
        guard agents.contains(where: { $0.key == desk }) else { return [] }
        return [
            "tickets.notify names the desk's own address \(desk): notices would come back to the desk as mail; name "
                + "people's own addresses there"
        ]
    }

    private static func listening(_ settings: Settings) -> [String] {
        let listen = settings.web.listen
        let host = listen.host.lowercased()
        let isHere = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        guard !isHere, !settings.web.url.lowercased().hasPrefix("https://") else { return [] }
        return [
            "web.listen \(host):\(listen.port) is open to other machines, and web.url is no https:// address: sign-ins, "
                + "keys and customers' words go over the wire unprotected; listen on 127.0.0.1 behind a web server with "
                + "TLS, and name its https:// address in web.url"
        ]
    }
}
