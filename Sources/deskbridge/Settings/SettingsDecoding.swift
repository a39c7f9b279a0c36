// From sections to typed values, key by key, with the rules that hold between keys.

import Correspondence
import Foundation
import Web

extension Settings {
    /// Always makes a value, so that all problems are found in one go; whoever calls looks at `reader.problems`.
    init(_ root: SettingsSection) {
        let reader = root.reader
        let deskSection = root.section("desk")
        file = reader.file.isEmpty ? nil : reader.file
        desk = Self.desk(deskSection)
        isDeskNamed = deskSection.has("address")
        secret = Self.secretLocation(root)
        store = Self.store(root)
        let messageSize = root.section("limits").value("message-size", SettingsText.size) ?? 50_000_000
        mailboxes = root.sections("mailboxes").compactMap { Self.mailbox($0, sizeLimit: messageSize) }
        webhooks = root.sections("webhooks").map(Self.webhook)
        let smtpSection = root.section("smtp")
        smtp = smtpSection.isPresent ? Self.smtp(smtpSection) : nil
        knowledge = root.list("knowledge", SettingsText.name).map(reader.resolve)
        languageModel = root.section("language").readable("model")
        answering = Self.answering(root.section("answering"))
        tickets = Self.tickets(root.section("tickets"))
        reports = root.sections("reports").map(Self.report)
        web = Self.web(root.section("web"))
        templates = root.path("templates")
        limits = Self.limits(root.section("limits"), messageSize: messageSize)
        let retentionSection = root.section("retention")
        retention = Retention(
            rawMail: retentionSection.value("raw-mail", SettingsText.keeping) ?? nil,
            conversations: retentionSection.value("conversations", SettingsText.keeping) ?? nil)
        logLevel = root.section("log").value("level", SettingsText.choice(LogLevel.self)) ?? .info
        missing = reader.missing

        Self.refuseDoubles(mailboxes.map(\.account.name), of: "mailboxes", in: root)
        Self.refuseDoubles(webhooks.map(\.name), of: "webhooks", in: root)
        if !isDeskNamed, root.has("mailboxes") || root.has("webhooks") || root.has("smtp") {
            root.problem(
                "\"address\" is missing: with mailboxes, webhooks or smtp the desk needs its email address", at: "desk")
        }
        if case .postgresql = store, !root.has("secret") {
            root.problem("with PostgreSQL every node needs the same secret: give \"secret\"", at: "store")
        }
        NotYet.check(self, in: root)
    }

    private static func refuseDoubles(_ names: [String], of key: String, in root: SettingsSection) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            root.problem("two entries are called \"\(name)\"; give each a name of its own", at: key)
        }
    }

    private static func desk(_ section: SettingsSection) -> DeskProfile {
        guard let address = section.value("address", SettingsText.address) ?? EmailAddress("support@localhost") else {
            preconditionFailure("support@localhost is an address")
        }
        let languages = section.list("languages", SettingsText.language)
        let fallback = section.value("fallback-language", SettingsText.language) ?? "en"
        let topics = section.sections("topics-for-humans").map { topic in
            DeskProfile.Topic(
                name: topic.value("name", SettingsText.name) ?? "", words: topic.list("words", SettingsText.name),
                over: topic.value("over", SettingsText.amount))
        }
        if languages.isEmpty { section.problem("expected at least one language", at: "languages") }
        if section.has("languages"), section.has("fallback-language"), !languages.contains(fallback) {
            section.problem("expected one of the desk's languages", at: "fallback-language")
        }
        return DeskProfile(
            name: section.value("name", SettingsText.name) ?? "Support",
            address: address,
            languages: languages,
            fallbackLanguage: languages.contains(fallback) ? fallback : languages.first ?? fallback,
            timezone: section.value("timezone", SettingsText.timezone) ?? "UTC",
            replyAddress: section.value("reply-address", SettingsText.choice(ReplyAddressWord.self))?.meaning ?? .plus,
            topicsForHumans: topics,
            forms: section.list("forms", SettingsText.address),
            lists: section.list("lists", SettingsText.address),
            links: section.list("links", SettingsText.link),
            tag: section.value("tag", SettingsText.flag) ?? true)
    }

    private enum ReplyAddressWord: String, CaseIterable {
        case plus, none

        var meaning: DeskProfile.ReplyAddress { self == .plus ? .plus : .none }
    }

    private static func secretLocation(_ root: SettingsSection) -> SecretLocation {
        let text = root.value("secret", SettingsText.name) ?? ""
        if text.hasPrefix("file:") { return .file(path: root.reader.resolve(String(text.dropFirst(5)))) }
        if text.utf8.count < 32, root.has("secret"), !text.isEmpty,
            root.reader.missing.allSatisfy({ $0.key != "secret" })
        {
            root.problem("a secret needs at least 32 characters; file:PATH makes one by itself", at: "secret")
        }
        return .given(Secret(text))
    }

    private static func store(_ root: SettingsSection) -> StoreLocation {
        switch root.value("store", SettingsText.store) {
        case .sqlite(let path): .sqlite(path: root.reader.resolve(path))
        case .some(let other): other
        case nil: .sqlite(path: root.reader.resolve("var/deskbridge.sqlite"))
        }
    }

    private static func trust(_ section: SettingsSection) -> AuthenticationTrust {
        // `authentication-results: {position: first}` is taken as well as the key of its own.
        let nested = section.inner("position", of: "authentication-results", mustBe: Position.first.rawValue)
        let servers = nested == nil ? section.list("authentication-results", SettingsText.host) : []
        let own = section.value("position", SettingsText.choice(Position.self)) ?? .above
        switch section.has("position") ? own : nested.flatMap(Position.init(rawValue:)) ?? own {
        case .first:
            if !servers.isEmpty {
                section.problem("give either position: first or the servers' names, not both", at: "position")
            }
            return .firstPosition
        case .below where servers.isEmpty:
            section.problem("below needs the servers' names in authentication-results", at: "position")
            return .nobody
        case .above, .below: return servers.isEmpty ? .nobody : .servers(servers, below: own == .below)
        }
    }

    enum Position: String, CaseIterable { case above, below, first }
    private enum Unverified: String, CaseIterable { case ticket, answer }

    private static func mailbox(_ section: SettingsSection, sizeLimit: Int) -> Mailbox? {
        let name = section.value("name", SettingsText.shortName) ?? ""
        let oauth2 = oauth2(of: section, for: .imap, named: name)
        let password = section.secret("password")
        let account = MailboxAccount(
            name: name,
            url: section.value("url", SettingsText.url(["imaps", "imap"])) ?? "",
            username: section.value("username", SettingsText.line) ?? "",
            login: .password(Secret(password)),
            tls: section.value("tls", SettingsText.choice(TLSWord.self))?.meaning ?? .required,
            authorities: section.readable("ca"),
            start: section.value("start", SettingsText.start) ?? .now,
            after: section.value("after", SettingsText.after) ?? .seen,
            poll: section.value("poll", SettingsText.duration) ?? .seconds(60),
            sizeLimit: sizeLimit)
        let unverified = section.value("unverified", SettingsText.choice(Unverified.self))
        return Mailbox(
            account: account, oauth2: oauth2, trust: trust(section), answersUnverified: unverified == .answer)
    }

    /// `tls: off`; YAML's other words for no are not taken, so that nobody turns it off by a typing error.
    private enum TLSWord: String, CaseIterable {
        case required, off

        var meaning: TLSUse { self == .off ? .off : .required }
    }

    private static func oauth2(of owner: SettingsSection, for use: OAuth2.Use, named name: String) -> OAuth2? {
        let section = owner.section("oauth2")
        guard section.isPresent else { return nil }
        if owner.has("password") { owner.problem("give either password or oauth2, not both", at: "oauth2") }
        let vendor = section.value("vendor", SettingsText.choice(OAuth2.Vendor.self)) ?? .other
        let tokenURL = section.value("token-url", SettingsText.url(["https", "http"])) ?? ""
        if vendor == .other, tokenURL.isEmpty { section.problem("\"token-url\" is missing: vendor other needs it") }
        return OAuth2(
            use: use, vendor: vendor,
            clientID: section.value("client-id", SettingsText.name) ?? "",
            clientSecret: Secret(section.secret("client-secret")),
            refreshToken: Secret(section.secret("refresh-token")),
            tokenURL: tokenURL,
            tenant: section.value("tenant", SettingsText.tenant) ?? "common",
            keptAt: section.reader.resolve("var/oauth2/\(use)-\(name).json"))
    }

    private static func webhook(_ section: SettingsSection) -> Webhook {
        let unverified = section.value("unverified", SettingsText.choice(Unverified.self))
        let vendor = section.value("vendor", SettingsText.choice(Webhook.Vendor.self)) ?? .standard
        let secret = Secret(section.secret("secret"))
        let isKnown = section.reader.missing.allSatisfy { $0.key != "\(section.place).secret" }
        if vendor == .standard, section.has("secret"), isKnown, let fault = WebhookKey.fault(of: secret) {
            section.problem(fault, at: "secret")
        }
        return Webhook(
            name: section.value("name", SettingsText.shortName) ?? "",
            vendor: vendor,
            secret: secret,
            trust: trust(section),
            answersUnverified: unverified == .answer)
    }

    private static func smtp(_ section: SettingsSection) -> SMTP {
        let oauth2 = oauth2(of: section, for: .smtp, named: "server")
        if oauth2 != nil, !section.has("username") {
            section.problem("\"username\" is missing: oauth2 needs to know who signs in", at: "oauth2")
        }
        return SMTP(
            server: SubmissionServer(
                url: section.value("url", SettingsText.url(["smtps", "smtp"], path: false)) ?? "",
                username: section.value("username", SettingsText.line) ?? "",
                password: Secret(section.secret("password")),
                tls: section.value("tls", SettingsText.choice(TLSWord.self))?.meaning ?? .required,
                authorities: section.readable("ca")),
            oauth2: oauth2,
            envelopeFrom: section.value("envelope-from", SettingsText.choice(SMTP.EnvelopeFrom.self)) ?? .address,
            rate: section.value("rate", SettingsText.rate) ?? Rate(count: 30, period: .minutes(1)))
    }

    private static func answering(_ section: SettingsSection) -> Answering {
        let budget = section.section("budget")
        let wanted = section.value("wanted-accuracy", SettingsText.share)
        if wanted != nil, section.has("confidence") {
            section.problem("give either confidence or wanted-accuracy, not both", at: "wanted-accuracy")
        }
        return Answering(
            asked: asked(section),
            fallback: section.sections("fallback").map(asked),
            embeddings: section.value("embeddings", Self.embeddings) ?? "none",
            embeddingsKey: Secret(section.secret("embeddings-key")),
            mode: section.value("mode", SettingsText.choice(Answering.Mode.self)) ?? .automatic,
            confidence: section.value("confidence", SettingsText.share) ?? 0.75,
            wantedAccuracy: wanted,
            repliesPerConversation: section.value("replies-per-conversation", SettingsText.count(0...1000)) ?? 3,
            budgetPerConversation: budget.value("per-conversation", SettingsText.dollars),
            budgetPerDay: budget.value("per-day", SettingsText.dollars))
    }

    private static func asked(_ section: SettingsSection) -> Answering.Asked {
        let price = section.section("price")
        let input = price.value("input", SettingsText.dollars)
        let output = price.value("output", SettingsText.dollars)
        let cached = price.value("cached", SettingsText.dollars)
        let provider = section.value("provider", SettingsText.choice(Answering.Provider.self)) ?? .builtIn
        let interface = section.value("api", SettingsText.choice(Answering.Interface.self)) ?? .chat
        if interface != .chat, provider != .openai {
            section.problem("this is for openai alone; \(provider.rawValue) has one interface", at: "api")
        }
        return Answering.Asked(
            provider: provider, interface: interface, model: section.value("model", SettingsText.line) ?? "",
            apiKey: Secret(section.secret("api-key")),
            baseURL: section.value("base-url", orEmpty(SettingsText.url(["https", "http"]))) ?? "",
            price: input.flatMap { input in
                output.map { Answering.Price(input: input, output: $0, cached: cached) }
            })
    }

    static func embeddings(_ text: String) throws(Expected) -> String {
        if text == "none" || text == "local" { return text }
        do { return try SettingsText.url(["https", "http"])(text) } catch { throw Expected("none, local or a URL") }
    }

    /// An empty text in quotes counts as not given.
    private static func orEmpty(
        _ parse: @escaping (String) throws(Expected) -> String
    ) -> (String) throws(Expected) -> String {
        { text throws(Expected) in text.isEmpty ? "" : try parse(text) }
    }

    private static func tickets(_ section: SettingsSection) -> Tickets {
        Tickets(
            notify: section.list("notify", SettingsText.address),
            acknowledge: section.value("acknowledge", SettingsText.flag) ?? false,
            firstResponse: section.value("first-response", SettingsText.duration) ?? .hours(4),
            resolution: section.value("resolution", SettingsText.duration) ?? .days(3))
    }

    private static func report(_ section: SettingsSection) -> Report {
        let report = Report(
            kind: section.value("kind", SettingsText.choice(Report.Kind.self)) ?? .digest,
            every: section.value("every", SettingsText.choice(Report.Every.self)) ?? .day,
            at: section.value("at", SettingsText.clock) ?? 420,
            to: section.list("to", SettingsText.address),
            folder: section.path("folder"))
        if report.to.isEmpty, report.folder.isEmpty {
            section.problem("goes nowhere: give \"to\" or \"folder\"")
        }
        return report
    }

    private static func web(_ section: SettingsSection) -> Web {
        let chat = section.section("chat")
        let url = section.value("url", orEmpty(SettingsText.url(["https", "http"]))) ?? ""
        return Web(
            listen: section.value("listen", SettingsText.listen) ?? ListenAddress(host: "127.0.0.1", port: 8025),
            url: url.hasSuffix("/") ? String(url.dropLast()) : url,
            chatOrigins: chat.list("origins", SettingsText.origin),
            chatRate: chat.value("rate", SettingsText.rate) ?? Rate(count: 10, period: .minutes(1)),
            trustedProxies: section.list("trusted-proxies", SettingsText.network))
    }

    private static func limits(_ section: SettingsSection, messageSize: Int) -> Limits {
        Limits(
            perSender: section.list("per-sender", SettingsText.rate),
            answers: section.list("answers", SettingsText.rate),
            messageSize: messageSize,
            answerAge: section.value("answer-age", SettingsText.duration) ?? .hours(48))
    }
}
