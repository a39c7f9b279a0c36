// Every key there is, with its default and its meaning: the reader, docs/settings.md and their tests go by this table.

/// `path` has `[]` behind the key of a list of sections: `mailboxes[].url`.
struct SettingsKey: Sendable, Equatable {
    enum Shape: Sendable, Equatable {
        /// A mapping of further keys.
        case section
        /// A list of such mappings.
        case sections
        /// A single value or a list of them; `fallback` is the default as YAML, empty for none.
        case value(fallback: String)
        /// A value that must be there when its section is.
        case required
    }
    var path: String
    var shape: Shape
    var meaning: String

    /// The default as docs/settings.md shows it.
    var shownDefault: String {
        switch shape {
        case .section: "section"
        case .sections: "no entries"
        case .required: "required"
        case .value(let fallback): fallback.isEmpty ? "none" : "`\(fallback)`"
        }
    }

    static func children(of path: String) -> [String] {
        let prefix = path.isEmpty ? "" : "\(path)."
        return all.compactMap { key in
            guard key.path.hasPrefix(prefix) else { return nil }
            let rest = key.path.dropFirst(prefix.count)
            return rest.contains(".") ? nil : String(rest.hasSuffix("[]") ? rest.dropLast(2) : rest)
        }
    }

    static func named(_ path: String) -> SettingsKey? { byPath[path] }

    private static let byPath = Dictionary(all.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })

    private static func key(_ path: String, _ fallback: String, _ meaning: String) -> SettingsKey {
        SettingsKey(path: path, shape: .value(fallback: fallback), meaning: meaning)
    }

    private static func required(_ path: String, _ meaning: String) -> SettingsKey {
        SettingsKey(path: path, shape: .required, meaning: meaning)
    }

    private static func section(_ path: String, _ meaning: String) -> SettingsKey {
        SettingsKey(path: path, shape: .section, meaning: meaning)
    }

    private static func sections(_ path: String, _ meaning: String) -> SettingsKey {
        SettingsKey(path: path, shape: .sections, meaning: meaning)
    }

    static let all: [SettingsKey] = desk + mail + answers + outside

    private static let desk = [
        section("desk", "The support identity: who answers, in which languages, by which rules."),
        key("desk.name", "Support", "Signs the answers and stands in the tag of subjects."),
        key(
            "desk.address", "support@localhost",
            "The address customers write to and answers come from. Must be given with mailboxes, webhooks or smtp."),
        key("desk.languages", "[en]", "Languages the desk may answer in, as codes: `[en, de, pt]`."),
        key("desk.fallback-language", "en", "Where a customer's language is unknown or none of these."),
        key("desk.timezone", "UTC", "Days and times in reports: `Europe/Berlin`."),
        key(
            "desk.reply-address", "plus",
            "`plus`: answers carry `support+token@…` to be replied to; `none`: the token stands in the Message-ID alone."
        ),
        sections("desk.topics-for-humans[]", "Matters that always become a ticket."),
        required("desk.topics-for-humans[].name", "What the ticket's reason calls it."),
        required("desk.topics-for-humans[].words", "Words that mean it, in every language of the desk."),
        key("desk.topics-for-humans[].over", "", "Only when the message names an amount above this: `100 EUR`."),
        key("desk.forms", "[]", "Senders of web forms that write for customers: the Reply-To is the customer."),
        key("desk.lists", "[]", "Groups of our own (support@ as a mailing list): their list headers do not count."),
        key("desk.links", "[]", "Hosts and addresses that may always stand in an answer."),
        key("desk.tag", "yes", "`[Name #1234]` in outgoing subjects."),
        key(
            "secret", "file:var/secret",
            "Signs tokens, links and sessions. `file:PATH` is made at the first start; a text stands for itself."),
        key("store", "sqlite:var/deskbridge.sqlite", "`sqlite:PATH`, or `postgresql://user@host/database`."),
    ]

    private static let mail: [SettingsKey] =
        mailboxes + oauth2(of: "mailboxes[]") + intake + oauth2(of: "smtp") + sendingRules

    /// How a mailbox or the server that takes our mail is signed in to by tokens.
    private static func oauth2(of owner: String) -> [SettingsKey] {
        [
            section("\(owner).oauth2", "Instead of a password."),
            key("\(owner).oauth2.vendor", "other", "`google`, `microsoft` or `other`."),
            required("\(owner).oauth2.client-id", "As the vendor gave it."),
            key("\(owner).oauth2.client-secret", "", "As the vendor gave it."),
            required(
                "\(owner).oauth2.refresh-token",
                "What access tokens are made from; a newer one that the vendor gives is kept in `var/oauth2`."),
            key("\(owner).oauth2.token-url", "", "Where tokens are made; must be given with `other`."),
            key("\(owner).oauth2.tenant", "common", "Microsoft's tenant: a word such as common, an id, or a domain."),
        ]
    }

    private static let mailboxes = [
        sections("mailboxes[]", "IMAP mailboxes that are read."),
        required("mailboxes[].name", "Names it in logs and the ledger; keep it, the cursor hangs on it."),
        required(
            "mailboxes[].url",
            "`imaps://host/INBOX`, or `imap://host` with STARTTLS, which is required unless `tls: off`."
        ),
        key("mailboxes[].username", "", "Who signs in."),
        key("mailboxes[].password", "", "`${NAME}`, `file:PATH` or the password itself."),
    ]

    private static let intake = [
        key("mailboxes[].tls", "required", "`off` speaks without TLS: only for a server on this machine."),
        key("mailboxes[].ca", "", "A CA file beside the system's."),
        key(
            "mailboxes[].start", "now",
            "What of an old mailbox is taken in, never answered: `now`, `all` or `since 2026-11-01`."),
        key(
            "mailboxes[].authentication-results", "[]",
            "Names of the servers whose Authentication-Results are believed. Without, no sender is verified."),
        key(
            "mailboxes[].position", "above",
            "Where these servers write them: `above` their own `Received` line, or `below` it, which a sender can forge "
                + "unless the server always writes some (`mx.google.com` is known to). `first`: the topmost is believed "
                + "without a name, for providers that leave it out."),
        key(
            "mailboxes[].unverified", "ticket",
            "`answer` lets unverified senders be answered; they still join a conversation only by its token."),
        key("mailboxes[].after", "seen", "What becomes of a mail once it is kept: `keep`, `seen` or `move:FOLDER`."),
        key("mailboxes[].poll", "60s", "How often to look beside IDLE, and where the server lacks it."),
        sections("webhooks[]", "Mail that comes by HTTP, at `/webhooks/NAME`."),
        required("webhooks[].name", "The last part of its address."),
        key(
            "webhooks[].vendor", "standard",
            "`mailgun`, `sendgrid`, `postmark`, `ses`, or `standard` (the body is the mail itself, message/rfc822)."),
        required("webhooks[].secret", "Proves the caller: `whsec_` and base64, or a text, of at least 24 bytes."),
        key("webhooks[].authentication-results", "[]", "As for a mailbox; `standard` only."),
        key("webhooks[].position", "above", "As for a mailbox; `standard` only."),
        key("webhooks[].unverified", "ticket", "As for a mailbox; `standard` only."),
        section("smtp", "The server that takes our mail. Without it nothing is sent by mail."),
        required(
            "smtp.url", "`smtps://host` with TLS, or `smtp://host:587` with STARTTLS, required unless `tls: off`."),
        key("smtp.username", "", "Who signs in; empty for nobody."),
        key("smtp.password", "", "`${NAME}`, `file:PATH` or the password itself."),
    ]

    private static let sendingRules = [
        key("smtp.tls", "required", "`off` speaks without TLS: only for a server on this machine."),
        key("smtp.ca", "", "A CA file beside the system's."),
        key("smtp.envelope-from", "address", "`address`, or `verp`: an own return address for each mail."),
        key("smtp.rate", "30/min", "How fast mails may go out."),
    ]

    private static let answers = [
        key("knowledge", "[]", "Folders or files of articles that answers are made from: `docs/knowledge.md`."),
        section("language", "How languages are told apart."),
        key(
            "language.model", "", "Path of a fastText model, such as `lid.176.ftz` (see below); none: the built-in way."
        ),
        section("answering", "What drafts, and when a draft may leave on its own."),
        key("answering.provider", "built-in", "`built-in`, `openai`, `anthropic` or `ollama`."),
        key(
            "answering.api", "chat",
            "Of openai: `chat` (Chat Completions, as most compatible servers speak it) or `responses`."),
        key("answering.model", "", "The provider's name of the model; empty takes the provider's usual one."),
        key("answering.api-key", "", "For openai and anthropic."),
        key("answering.base-url", "", "Any compatible endpoint instead of the provider's own."),
        sections(
            "answering.fallback[]",
            "Who drafts when the provider fails, tried in this order within the same 120 s; built-in can only be the last."
        ),
        required("answering.fallback[].provider", "As `answering.provider`."),
        key("answering.fallback[].api", "chat", "As `answering.api`."),
        key("answering.fallback[].model", "", "As `answering.model`."),
        key("answering.fallback[].api-key", "", "As `answering.api-key`."),
        key("answering.fallback[].base-url", "", "As `answering.base-url`."),
        section("answering.fallback[].price", "As `answering.price`."),
        required("answering.fallback[].price.input", "USD for a million tokens in."),
        required("answering.fallback[].price.output", "USD for a million tokens out."),
        key("answering.fallback[].price.cached", "", "USD for a million tokens in that the provider had cached."),
        key(
            "answering.embeddings", "none",
            "Vectors beside words in the search: `none`, `local` (a model on this machine) or a URL."),
        key("answering.embeddings-key", "", "For the URL under embeddings, where it wants one."),
        key(
            "answering.mode", "automatic",
            "`automatic`, `review` (a human releases every draft) or `shadow` (drafts are only recorded)."),
        key("answering.confidence", "0.75", "A draft at or above this is sent; 0 sends every draft the guard passes."),
        key("answering.wanted-accuracy", "", "Instead of a threshold: the share of answers that must be right."),
        key("answering.replies-per-conversation", "3", "Automatic answers a conversation may get."),
        section("answering.budget", "What models may cost; without it there is no ceiling."),
        key("answering.budget.per-conversation", "", "USD."),
        key("answering.budget.per-day", "", "USD."),
        section("answering.price", "For a model whose price is not known."),
        required("answering.price.input", "USD for a million tokens in."),
        required("answering.price.output", "USD for a million tokens out."),
        key("answering.price.cached", "", "USD for a million tokens in that the provider had cached; else as others."),
        section("tickets", "What waits for humans."),
        key(
            "tickets.notify", "[]",
            "Addresses that are told of every ticket, one a person: each may answer customers in the desk's name by mail."
        ),
        key("tickets.acknowledge", "no", "`yes` tells a verified customer that a human will answer, once a day."),
        key("tickets.first-response", "4h", "How soon a human should answer."),
        key("tickets.resolution", "3d", "How soon a ticket should be done."),
        sections("reports[]", "Reports that are made by themselves."),
        key("reports[].kind", "digest", "`digest`, `tickets` or `analytics`."),
        key("reports[].every", "day", "`day`, `week` or `month`."),
        key("reports[].at", "\"07:00\"", "Time of day in the desk's time zone, in quotes."),
        key("reports[].to", "[]", "Addresses it is mailed to."),
        key("reports[].folder", "", "Folder it is written to."),
    ]

    private static let outside = [
        section("web", "The pages and the HTTP interface."),
        key("web.listen", "127.0.0.1:8025", "Host and port; port 0 takes a free one."),
        key("web.url", "", "The address the outside knows it by."),
        section("web.chat", "The chat that customers write in."),
        key("web.chat.origins", "[]", "Web sites that may open a chat without a key; nobody by default."),
        key("web.chat.rate", "10/min", "Messages from one address."),
        key("web.trusted-proxies", "[]", "Addresses or networks whose X-Forwarded-For is believed."),
        key("templates", "", "Folder of an edited copy of templates/; empty takes the built-in ones."),
        section("limits", "Ceilings that stand whatever a model or a sender says."),
        key("limits.per-sender", "[5/h, 20/d]", "Automatic answers to one sender: a rate or a list of them."),
        key("limits.answers", "none", "Automatic answers of the whole desk: a rate, a list of them, or none."),
        key("limits.message-size", "50MB", "A larger mail is not taken in whole."),
        key("limits.answer-age", "48h", "A mail older than this when it is drafted becomes a ticket."),
        section("retention", "How long things are kept."),
        key("retention.raw-mail", "365d", "The mails as they came: a duration or `forever`."),
        key("retention.conversations", "forever", "Conversations: a duration or `forever`."),
        section("log", "What the program tells about itself, on standard error."),
        key("log.level", "info", "`trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`."),
    ]
}
