// Settings: every kind of value, every kind of error with its place, and the page that describes them.

import Correspondence
import Foundation
import Testing

@testable import deskbridge

private let environment: [String: String] = ["IMAP_PASSWORD": "pa ss", "EMPTY": "", "HOST": "imap.acme.example"]

private let sources = SettingsSources(
    environment: { environment[$0] },
    file: { path in
        guard path == "/etc/desk/key" || path == "conf/key" else { throw CocoaError(.fileNoSuchFile) }
        return "from-a-file\n"
    })

private func parse(_ yaml: String) throws(SettingsError) -> Settings {
    try SettingsFile.parse(yaml, file: "desk.yaml", folder: "conf", sources: sources)
}

private func problems(_ yaml: String) -> [SettingsProblem] {
    do {
        _ = try parse(yaml)
        return []
    } catch { return error.problems }
}

private let webhookSecret = String(repeating: "s", count: 24)

/// A mailbox entry with one more line.
private func mailbox(_ line: String) -> String {
    "desk: {address: a@b.example}\nmailboxes:\n  - name: m\n    url: imaps://h.example\n    \(line)\n"
}

/// A row of the error table: the text, where the problem stands, which key, and words of the message.
struct WrongRow: Sendable, CustomTestStringConvertible {
    var yaml: String
    var place: String
    var key: String
    var says: String

    init(_ yaml: String, _ place: String, _ key: String, _ says: String) {
        (self.yaml, self.place, self.key, self.says) = (yaml, place, key, says)
    }

    var testDescription: String { yaml.replacing("\n", with: "⏎") }

    static let all: [WrongRow] = [
        // Unknown keys, with the nearest known one.
        WrongRow("desc: {}", "1:1", "", "did you mean \"desk\""),
        WrongRow("desk:\n  nmae: A", "2:3", "desk", "did you mean \"name\""),
        WrongRow("desk:\n  languges: [en]", "2:3", "desk", "did you mean \"languages\""),
        WrongRow("desk:\n  reply_address: plus", "2:3", "desk", "did you mean \"reply-address\""),
        WrongRow("web:\n  chat: {origin: []}", "2:10", "web.chat", "did you mean \"origins\""),
        WrongRow("answering:\n  confidense: 0.5", "2:3", "answering", "did you mean \"confidence\""),
        WrongRow("log: {color: red}", "1:7", "log", "known here: level"),
        WrongRow(mailbox("pol: 5m"), "5:5", "mailboxes[0]", "did you mean \"poll\""),
        // Not what the key takes.
        WrongRow("desk: 7", "1:7", "desk", "expected keys and values"),
        WrongRow("mailboxes: {name: x}", "1:12", "mailboxes", "expected a list"),
        WrongRow("mailboxes: [7]", "1:13", "mailboxes[0]", "expected keys and values"),
        WrongRow("desk: {name: [a]}", "1:14", "desk.name", "expected a single value"),
        WrongRow("desk: {name: ''}", "1:14", "desk.name", "not empty"),
        WrongRow("desk: {address: nobody}", "1:17", "desk.address", "expected an email address"),
        WrongRow("desk: {address: 'a b@c'}", "1:17", "desk.address", "expected an email address"),
        WrongRow("desk: {languages: []}", "1:19", "desk.languages", "at least one language"),
        WrongRow("desk: {languages: [english]}", "1:20", "desk.languages[0]", "a language code"),
        WrongRow("desk: {languages: [en, d3]}", "1:24", "desk.languages[1]", "a language code"),
        WrongRow(
            "desk: {languages: [en], fallback-language: de}", "1:44", "desk.fallback-language",
            "one of the desk's languages"),
        WrongRow("desk: {timezone: Berlin}", "1:18", "desk.timezone", "a time zone such as Europe/Berlin"),
        WrongRow("desk: {reply-address: minus}", "1:23", "desk.reply-address", "plus or none"),
        WrongRow("desk: {tag: maybe}", "1:13", "desk.tag", "yes or no"),
        WrongRow("desk: {forms: [x]}", "1:16", "desk.forms[0]", "an email address"),
        WrongRow("desk: {links: ['http://x/']}", "1:16", "desk.links[0]", "a host such as"),
        WrongRow(
            "desk: {topics-for-humans: [{words: [a]}]}", "1:28", "desk.topics-for-humans[0]", "\"name\" is missing"),
        WrongRow("desk: {topics-for-humans: [{name: a}]}", "1:28", "desk.topics-for-humans[0]", "\"words\" is missing"),
        WrongRow(
            "desk: {topics-for-humans: [{name: a, words: [b], over: much}]}", "1:56", "desk.topics-for-humans[0].over",
            "an amount such as 100 EUR"),
        WrongRow("secret: short", "1:9", "secret", "at least 32 characters"),
        WrongRow("store: mysql://x", "1:8", "store", "sqlite:PATH or postgresql"),
        WrongRow("store: postgresql://d@h/db", "1:8", "store", "every node needs the same secret"),
        WrongRow("smtp: {url: smtp://h}", "1:1", "desk", "\"address\" is missing"),
        WrongRow("desk: {address: a@b}\nmailboxes:\n  - url: imaps://h", "3:5", "mailboxes[0]", "\"name\" is missing"),
        WrongRow("desk: {address: a@b}\nmailboxes:\n  - name: m", "3:5", "mailboxes[0]", "\"url\" is missing"),
        WrongRow(
            "desk: {address: a@b}\nmailboxes:\n  - {name: m, url: imaps://h}\n  - {name: m, url: imaps://i}", "3:3",
            "mailboxes", "two entries are called \"m\""),
        WrongRow(
            "desk: {address: a@b}\nmailboxes: [{name: 'a/b', url: imaps://h}]", "2:20", "mailboxes[0].name",
            "letters, digits"),
        WrongRow(
            "desk: {address: a@b}\nmailboxes: [{name: a, url: https://h}]", "2:28", "mailboxes[0].url",
            "imaps:// or imap://"),
        WrongRow(
            "desk: {address: a@b}\nmailboxes: [{name: a, url: 'imaps://u:p@h'}]", "2:28", "mailboxes[0].url",
            "without user and password"),
        WrongRow(
            "desk: {address: a@b}\nmailboxes: [{name: a, url: 'imaps://h:99999'}]", "2:28", "mailboxes[0].url",
            "names a host"),
        WrongRow(mailbox("tls: no"), "5:10", "mailboxes[0].tls", "required or off"),
        WrongRow(mailbox("start: yesterday"), "5:12", "mailboxes[0].start", "since 2026-11-01"),
        WrongRow(mailbox("start: since 2026-02-30"), "5:12", "mailboxes[0].start", "since 2026-11-01"),
        WrongRow(mailbox("after: delete"), "5:12", "mailboxes[0].after", "keep, seen, or move:FOLDER"),
        WrongRow(mailbox("poll: 60"), "5:11", "mailboxes[0].poll", "a duration such as 90s"),
        WrongRow(mailbox("poll: 0s"), "5:11", "mailboxes[0].poll", "a duration"),
        WrongRow(mailbox("poll: -5m"), "5:11", "mailboxes[0].poll", "a duration"),
        WrongRow(mailbox("poll: 9999999999d"), "5:11", "mailboxes[0].poll", "a duration"),
        WrongRow(mailbox("unverified: drop"), "5:17", "mailboxes[0].unverified", "ticket or answer"),
        WrongRow(mailbox("position: last"), "5:15", "mailboxes[0].position", "above, below or first"),
        WrongRow(mailbox("position: below"), "5:15", "mailboxes[0].position", "authentication-results"),
        WrongRow(
            mailbox("authentication-results: [a b]"), "5:30", "mailboxes[0].authentication-results[0]", "a host name"),
        WrongRow(
            mailbox("authentication-results: {position: last}"), "5:29", "mailboxes[0].authentication-results",
            "position: first"),
        WrongRow(
            mailbox("oauth2: {vendor: other, client-id: c, refresh-token: r}"), "5:13", "mailboxes[0].oauth2",
            "\"token-url\" is missing"),
        WrongRow(
            mailbox("oauth2: {vendor: microsoft, tenant: acme..example, client-id: c, refresh-token: r}"), "5:41",
            "mailboxes[0].oauth2.tenant", "its domain such as"),
        WrongRow(
            mailbox("oauth2: {vendor: microsoft, tenant: a/b, client-id: c, refresh-token: r}"), "5:41",
            "mailboxes[0].oauth2.tenant", "its domain such as"),
        WrongRow(
            mailbox("oauth2: {vendor: yahoo}"), "5:22", "mailboxes[0].oauth2.vendor", "google, microsoft or other"),
        WrongRow(mailbox("oauth2: {vendor: google}"), "5:13", "mailboxes[0].oauth2", "\"client-id\" is missing"),
        WrongRow(
            "desk: {address: a@b}\nwebhooks: [{name: w}]", "2:12", "webhooks[0]", "\"secret\" is missing"),
        WrongRow(
            "desk: {address: a@b}\nwebhooks: [{name: w, secret: ''}]", "2:30", "webhooks[0].secret",
            "at least 24 bytes after decoding; make one with: echo whsec_$(openssl rand -base64 32)"),
        WrongRow(
            "desk: {address: a@b}\nwebhooks: [{name: w, secret: x}]", "2:30", "webhooks[0].secret", "at least 24 bytes"),
        WrongRow(
            "desk: {address: a@b}\nwebhooks: [{name: w, secret: whsec_}]", "2:30", "webhooks[0].secret",
            "at least 24 bytes"),
        WrongRow(
            "desk: {address: a@b}\nwebhooks: [{name: w, secret: \"${EMPTY}\"}]", "2:30", "webhooks[0].secret",
            "at least 24 bytes"),
        WrongRow(
            "desk: {address: a@b}\nwebhooks: [{name: w, secret: whsec_this-is-no-base64-but-long}]", "2:30",
            "webhooks[0].secret", "no base64"),
        WrongRow("desk: {address: \"a@x\u{2665}.example\"}", "1:17", "desk.address", "can be in the DNS"),
        WrongRow(
            "desk: {address: a@b}\nwebhooks: [{name: w, secret: \(webhookSecret), vendor: acme}]", "2:64",
            "webhooks[0].vendor",
            "mailgun, sendgrid"),
        WrongRow(
            "desk: {address: a@b}\nwebhooks: [{name: w, secret: \(webhookSecret), vendor: mailgun}]", "2:64",
            "webhooks[0].vendor",
            "cannot do this yet"),
        WrongRow(
            "desk: {address: a@b}\nsmtp: {url: 'smtp://h/x'}", "2:13", "smtp.url", "without a path"),
        WrongRow(
            "desk: {address: a@b}\nsmtp: {url: smtp://h, rate: fast}", "2:29", "smtp.rate", "a rate such as 30/min"),
        WrongRow("desk: {address: a@b}\nsmtp: {url: smtp://h, rate: 30/week}", "2:29", "smtp.rate", "a rate such as"),
        WrongRow("desk: {address: a@b}\nsmtp: {username: u}", "2:7", "smtp", "\"url\" is missing"),
        WrongRow("answering: {provider: gpt}", "1:23", "answering.provider", "built-in, openai, anthropic or ollama"),
        WrongRow("answering: {confidence: 75}", "1:25", "answering.confidence", "a number from 0 to 1"),
        WrongRow("answering: {confidence: high}", "1:25", "answering.confidence", "a number from 0 to 1"),
        WrongRow("answering: {confidence: nan}", "1:25", "answering.confidence", "a number from 0 to 1"),
        WrongRow("answering: {mode: manual}", "1:19", "answering.mode", "automatic, review or shadow"),
        WrongRow("answering: {embeddings: 'http://u:p@h'}", "1:25", "answering.embeddings", "none, local or a URL"),
        WrongRow("answering: {embeddings: some}", "1:25", "answering.embeddings", "none, local or a URL"),
        WrongRow("answering: {wanted-accuracy: 0.95}", "1:30", "answering.wanted-accuracy", "cannot do this yet"),
        WrongRow(
            "answering: {replies-per-conversation: 3.5}", "1:39", "answering.replies-per-conversation", "a whole number"
        ),
        WrongRow("answering: {budget: {per-day: 1}}", "1:21", "answering.budget", "cannot do this yet"),
        WrongRow("answering: {budget: {per-day: -1}}", "1:31", "answering.budget.per-day", "an amount in USD"),
        WrongRow("answering: {price: {input: 1}}", "1:20", "answering.price", "\"output\" is missing"),
        WrongRow("answering: {api: responses}", "1:18", "answering.api", "for openai alone"),
        WrongRow("answering: {provider: openai, api: chatt}", "1:36", "answering.api", "chat or responses"),
        WrongRow("answering: {fallback: [{model: x}]}", "1:24", "answering.fallback[0]", "\"provider\" is missing"),
        WrongRow("answering: {fallback: openai}", "1:23", "answering.fallback", "expected a list"),
        WrongRow("answering: {base-url: 'ftp://x'}", "1:23", "answering.base-url", "https:// or http://"),
        WrongRow("tickets: {notify: [agents]}", "1:20", "tickets.notify[0]", "an email address"),
        WrongRow("tickets: {first-response: soon}", "1:27", "tickets.first-response", "a duration"),
        WrongRow("tickets: {resolution: 5d}", "1:23", "tickets.resolution", "cannot do this yet"),
        WrongRow("retention: {conversations: 730d}", "1:28", "retention.conversations", "cannot do this yet"),
        WrongRow("reports: [{kind: analytics, folder: x}]", "1:18", "reports[0].kind", "cannot do this yet"),
        WrongRow("reports: [{kind: digest}]", "1:11", "reports[0]", "goes nowhere"),
        WrongRow("reports: [{kind: poem, folder: x}]", "1:18", "reports[0].kind", "digest, tickets or analytics"),
        WrongRow("reports: [{at: 7:00, folder: x}]", "1:16", "reports[0].at", "\"07:00\""),
        WrongRow("reports: [{at: \"25:00\", folder: x}]", "1:16", "reports[0].at", "a time of day"),
        WrongRow("web: {listen: 8025}", "1:15", "web.listen", "127.0.0.1:8025"),
        WrongRow("web: {listen: '::1:80'}", "1:15", "web.listen", "[::1]:8025"),
        WrongRow("web: {url: desk.acme.example}", "1:12", "web.url", "https:// or http://"),
        WrongRow("web: {chat: {origins: ['https://a.example/x']}}", "1:24", "web.chat.origins[0]", "without a path"),
        WrongRow("web: {trusted-proxies: [10.0.0.0/40]}", "1:25", "web.trusted-proxies[0]", "10.0.0.0/8"),
        WrongRow("web: {trusted-proxies: [proxy]}", "1:25", "web.trusted-proxies[0]", "10.0.0.0/8"),
        WrongRow("limits: {per-sender: [5/h, many]}", "1:28", "limits.per-sender[1]", "a rate"),
        WrongRow("limits: {message-size: 50}", "1:24", "limits.message-size", "a size such as"),
        WrongRow("limits: {message-size: 99999999GB}", "1:24", "limits.message-size", "a size such as"),
        WrongRow("limits: {answer-age: 2 days}", "1:22", "limits.answer-age", "a duration"),
        WrongRow("retention: {raw-mail: never}", "1:23", "retention.raw-mail", "forever, or a duration"),
        WrongRow("log: {level: loud}", "1:14", "log.level", "trace, debug, info"),
        // Not YAML, or not one meaning.
        WrongRow("desk: [", "2:1", "", "not YAML"),
        WrongRow("desk:\n\tname: x", "2:1", "", "not YAML"),
        WrongRow("log: {level: info}\nlog: {level: debug}", "1:1", "", "given twice"),
        WrongRow("- a\n- b", "1:1", "", "expected keys and values"),
        WrongRow("a: *nowhere", "1:4", "", "not YAML"),
        WrongRow("secret: ${BAD-NAME}", "1:9", "secret", "names no environment variable"),
    ]
}

/// A row of the table of accepted values: read this, look there, find that.
struct RightRow: Sendable, CustomTestStringConvertible {
    var yaml: String
    var look: @Sendable (Settings) -> String
    var finds: String

    init(_ yaml: String, _ finds: String, _ look: @escaping @Sendable (Settings) -> String) {
        (self.yaml, self.finds, self.look) = (yaml, finds, look)
    }

    var testDescription: String { yaml.replacing("\n", with: "⏎") }

    static let all: [RightRow] = [
        RightRow("", "built-in 0.75 127.0.0.1:8025") {
            "\($0.answering.provider.rawValue) \($0.answering.confidence) \($0.web.listen.host):\($0.web.listen.port)"
        },
        RightRow("# nothing\n", "sqlite(path: \"conf/var/deskbridge.sqlite\")") { "\($0.store)" },
        RightRow("desk:\nlog:\n", "Support") { $0.desk.name },
        RightRow("desk: {languages: [no, de], fallback-language: no}", "no,de no") {
            "\($0.desk.languages.joined(separator: ",")) \($0.desk.fallbackLanguage)"
        },
        RightRow("desk: {languages: de}", "de de") {
            "\($0.desk.languages.joined(separator: ",")) \($0.desk.fallbackLanguage)"
        },
        RightRow("desk: {languages: [DE, zh-Hant]}", "de,zh-Hant") { $0.desk.languages.joined(separator: ",") },
        RightRow("desk: {name: 007}", "007") { $0.desk.name },
        RightRow("desk: {name: yes}", "yes") { $0.desk.name },
        RightRow("desk: {tag: off}", "false") { "\($0.desk.tag)" },
        RightRow("desk: {tag: Yes}", "true") { "\($0.desk.tag)" },
        RightRow("desk: {reply-address: none}", "none") { "\($0.desk.replyAddress)" },
        RightRow(
            "desk: {topics-for-humans: [{name: refund, words: [a, ü], over: 100 EUR}]}", "refund a,ü Optional(100.0)"
        ) {
            $0.desk.topicsForHumans.map { "\($0.name) \($0.words.joined(separator: ",")) \($0.over as Double?)" }
                .joined()
        },
        RightRow(mailbox("password: ${IMAP_PASSWORD}"), "pa ss") { settings in
            guard case .password(let secret)? = settings.mailboxes.first?.account.login else { return "" }
            return secret.revealed
        },
        RightRow(mailbox("password: file:/etc/desk/key"), "from-a-file") { settings in
            guard case .password(let secret)? = settings.mailboxes.first?.account.login else { return "" }
            return secret.revealed
        },
        RightRow(mailbox("password: file:key"), "from-a-file") { settings in
            guard case .password(let secret)? = settings.mailboxes.first?.account.login else { return "" }
            return secret.revealed
        },
        RightRow(mailbox("username: $${HOST}/${HOST}"), "${HOST}/imap.acme.example") {
            $0.mailboxes.first?.account.username ?? ""
        },
        RightRow(mailbox("authentication-results: [mx.a, mx.b]"), "servers([\"mx.a\", \"mx.b\"], below: false)") {
            $0.mailboxes.first.map { "\($0.trust)" } ?? ""
        },
        RightRow(
            mailbox("authentication-results: [mx.a]\n    position: below"), "servers([\"mx.a\"], below: true)"
        ) { $0.mailboxes.first.map { "\($0.trust)" } ?? "" },
        RightRow(mailbox("position: first"), "firstPosition") { $0.mailboxes.first.map { "\($0.trust)" } ?? "" },
        RightRow(mailbox("authentication-results: {position: first}"), "firstPosition") {
            $0.mailboxes.first.map { "\($0.trust)" } ?? ""
        },
        RightRow(mailbox("tls: off"), "off") { $0.mailboxes.first?.account.tls.rawValue ?? "" },
        RightRow(mailbox("start: since 2026-11-01"), "1793491200") { settings in
            guard case .since(let date)? = settings.mailboxes.first?.account.start else { return "" }
            return String(Int(date.timeIntervalSince1970))
        },
        RightRow(mailbox("after: move:Done mails"), "move(\"Done mails\")") {
            $0.mailboxes.first.map { "\($0.account.after)" } ?? ""
        },
        RightRow(mailbox("poll: 5m"), "300.0") { "\($0.mailboxes.first?.account.poll.seconds ?? 0)" },
        RightRow(
            mailbox("oauth2: {vendor: microsoft, tenant: acme.example, client-id: c, refresh-token: r}"), "acme.example"
        ) { $0.mailboxes.first?.oauth2?.tenant ?? "" },
        RightRow(mailbox("ca: /etc/ca.pem"), "/etc/ca.pem") { $0.mailboxes.first?.account.authorities ?? "" },
        RightRow("limits: {message-size: 2 MB}", "2000000") { "\($0.limits.messageSize)" },
        RightRow("limits: {per-sender: 7/d}", "7 86400.0") {
            $0.limits.perSender.map { "\($0.count) \($0.period.seconds)" }.joined()
        },
        RightRow("limits: {answers: none}", "0") { "\($0.limits.answers.count)" },
        RightRow("limits: {answers: [100/h, 500/d]}", "2") { "\($0.limits.answers.count)" },
        RightRow("retention: {raw-mail: forever}", "nil") { "\($0.retention.rawMail as Duration?)" },
        RightRow("retention: {raw-mail: 365d, conversations: forever}", "31536000.0") {
            "\($0.retention.rawMail?.seconds ?? 0)"
        },
        RightRow("web: {listen: '[::1]:0', url: 'https://desk.example/'}", "::1 0 https://desk.example") {
            "\($0.web.listen.host) \($0.web.listen.port) \($0.web.url)"
        },
        RightRow("web: {chat: {origins: ['https://Shop.example', '*']}}", "https://shop.example *") {
            $0.web.chatOrigins.joined(separator: " ")
        },
        RightRow("web: {trusted-proxies: [10.0.0.0/8, '::1']}", "2") { "\($0.web.trustedProxies.count)" },
        RightRow("knowledge: [knowledge/, /srv/k]", "conf/knowledge/ /srv/k") { $0.knowledge.joined(separator: " ") },
        RightRow("knowledge: docs", "conf/docs") { $0.knowledge.joined(separator: " ") },
        RightRow("reports: [{at: '23:59', to: [a@b.example]}]", "1439") { "\($0.reports.first?.at ?? 0)" },
        RightRow(
            "answering: {provider: openai, api: responses, fallback: [{provider: anthropic, model: m, "
                + "price: {input: 1, output: 2, cached: 0.5}}, {provider: built-in}]}",
            "responses anthropic m 0.5, built-in  none"
        ) {
            let fallback = $0.answering.fallback.map { link in
                "\(link.provider.rawValue) \(link.model) \(link.price?.cached.map { "\($0)" } ?? "none")"
            }
            return "\($0.answering.asked.interface.rawValue) " + fallback.joined(separator: ", ")
        },
        RightRow("answering: {price: {input: 0.1, output: 0.5}}", "0.1 0.5") {
            $0.answering.price.map { "\($0.input) \($0.output)" } ?? ""
        },
        RightRow("answering: {confidence: 0}", "0.0") { "\($0.answering.confidence)" },
        RightRow("log: &l {level: debug}", "debug") { $0.logLevel.rawValue },
        RightRow("\u{FEFF}log: {level: debug}", "debug") { $0.logLevel.rawValue },
    ]
}

@Suite struct SettingsTests {
    @Test("A wrong setting is told with its place and what is expected", arguments: WrongRow.all)
    func wrong(_ row: WrongRow) throws {
        let found = problems(row.yaml)
        let match = found.first {
            "\($0.line):\($0.column)" == row.place && $0.key == row.key && $0.message.contains(row.says)
        }
        // A missing desk address has no place of its own.
        let anywhere = row.says.contains("\"address\"") ? found.first { $0.message.contains(row.says) } : nil
        #expect(match != nil || anywhere != nil, "\(found.map(\.description).joined(separator: "\n"))")
    }

    @Test("Values are read by the type of their key", arguments: RightRow.all)
    func right(_ row: RightRow) throws {
        #expect(row.look(try parse(row.yaml)) == row.finds)
    }

    @Test func `All problems are told at once, in the order of the file`() {
        let found = problems("desk:\n  nmae: x\n  tag: maybe\nlog: {level: loud}\nweb: {listen: here}\n")
        #expect(found.map(\.line) == [2, 3, 4, 5])
        #expect(found.first?.description.hasPrefix("desk.yaml:2:3: desk: unknown key \"nmae\"") == true)
    }

    @Test func `An unset variable is an error only where it is used`() throws {
        let settings = try parse(mailbox("password: ${NOT_SET}") + "answering: {api-key: '${NO_KEY}'}\n")
        #expect(throws: Never.self) { try settings.require(["answering.model", "smtp", "secret"]) }
        #expect(throws: SettingsError.self) { try settings.require(["mailboxes"]) }
        let error = #expect(throws: SettingsError.self) { try settings.require(["answering"]) }
        #expect(error?.problems.first?.message.contains("NO_KEY is not set") == true)
        #expect(error?.problems.first?.line == 6)
    }

    @Test func `A secret file that is not there is told where it is used`() throws {
        let settings = try parse(mailbox("password: file:nothing"))
        let error = #expect(throws: SettingsError.self) { try settings.require(["mailboxes"]) }
        #expect(error?.problems.first?.message.contains("conf/nothing") == true)
    }

    @Test func `A secret never stands in a message`() {
        for found in problems(mailbox("password: [hunter2]") + "secret: hunter2\n") {
            #expect(!found.description.contains("hunter2"))
        }
    }

    @Test func `A named file that is missing is an error`() {
        let error = #expect(throws: SettingsError.self) { try SettingsFile.load("/nowhere/desk.yaml") }
        #expect(error?.description.contains("/nowhere/desk.yaml: there is no such file") == true)
    }

    @Test func `Every default can be read and every key is asked for`() throws {
        let full = """
            desk: {address: a@b.example, topics-for-humans: [{name: n, words: [w]}]}
            mailboxes: [{name: m, url: imaps://h, oauth2: {vendor: google, client-id: c, refresh-token: r}}]
            webhooks: [{name: w, secret: \(webhookSecret)}]
            smtp: {url: smtp://h, username: u, oauth2: {vendor: google, client-id: c, refresh-token: r}}
            answering: {fallback: [{provider: ollama}]}
            reports: [{folder: x}]
            """
        let reader = SettingsReader(file: "", folder: "", sources: sources)
        let root = try #require(try SettingsFile.tree(full, file: ""))
        _ = Settings(SettingsSection(reader, node: root, path: "", place: ""))
        #expect(reader.problems == [])
        #expect(reader.asked == Set(SettingsKey.all.map(\.path)))
    }

    @Test func `Mutated settings give values or problems, never a crash`() throws {
        let example = try String(contentsOf: repository("examples/deskbridge.yaml"), encoding: .utf8)
        let base = Array(example.utf8)
        let pieces = [
            "{", "}", "[", "]", ": ", "- ", "\n", "\t", "&a ", "*a", "!!int ", "${", "\"", "'", "|\n", "é", "\u{0}",
        ]
        var seed: UInt64 = 20_261_123
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(bound))
        }
        var failures = 0
        for _ in 0..<400 {
            var bytes = base
            for _ in 0...random(6) {
                let place = random(bytes.count)
                switch random(4) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(contentsOf: Array(pieces[random(pieces.count)].utf8), at: place)
                case 2: bytes[place] = UInt8(random(256))
                default:
                    let end = min(bytes.count, place + random(40))
                    bytes.insert(contentsOf: Array(bytes[place..<end]), at: random(bytes.count))
                }
            }
            let found = problems(String(decoding: bytes, as: UTF8.self))
            if !found.isEmpty { failures += 1 }
            for problem in found { #expect(!problem.message.isEmpty) }
        }
        #expect(failures > 100)
    }

    @Test func `Hostile YAML ends soon`() {
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 50_000),
            String(repeating: "- ", count: 100_000), "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]",
            (0..<5000).map { "k\($0): 1\n" }.joined(),
        ] {
            #expect(!problems(text).isEmpty)
        }
    }
}

@Suite struct SettingsPageTests {
    @Test func `The page names exactly the keys there are, each with its default`() throws {
        let page = try String(contentsOf: repository("docs/settings.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let wanted = SettingsKey.all.map { key in
            let mark = NotYet.keys.contains(key.path) ? " *Not in this version, see below.*" : ""
            return "| `\(key.path)` | \(key.shownDefault) | \(key.meaning)\(mark) |"
        }
        let isSame = rows == wanted
        if !isSame {
            let made = FileManager.default.temporaryDirectory.appending(path: "settings-rows.md")
            try wanted.joined(separator: "\n").write(to: made, atomically: true, encoding: .utf8)
        }
        #expect(isSame, "the rows as they should be stand in the temporary folder: settings-rows.md")
    }

    @Test func `The example settings can be read`() throws {
        let text = try String(contentsOf: repository("examples/deskbridge.yaml"), encoding: .utf8)
        let settings = try SettingsFile.parse(text, sources: sources)
        #expect(settings.mailboxes.count == 1)
        #expect(Set(settings.missing.map(\.key)).isSubset(of: ["mailboxes[0].password", "smtp.password"]))
    }

    @Test func `Keys that are not built yet exist`() {
        for key in NotYet.keys { #expect(SettingsKey.named(key) != nil, "\(key)") }
    }
}

/// A file of this repository.
func repository(_ path: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: path)
}
