// The settings as typed values: what the rest of the program is built from.

import Correspondence
import Foundation

/// Made by `SettingsFile` from YAML; every key stands in `SettingsKey.all` with its default.
///
/// Relative paths are already resolved against the folder of the settings file. Values that named an environment
/// variable or a file that is not there are empty; `missing` says so, and `require` throws it where they are used.
struct Settings: Sendable {
    /// As given on the command line; nil for the embedded default.
    var file: String?
    var desk: DeskProfile
    var isDeskNamed: Bool
    var secret: SecretLocation
    var store: StoreLocation
    var mailboxes: [Mailbox]
    var webhooks: [Webhook]
    var smtp: SMTP?
    /// Folders or files of articles.
    var knowledge: [String]
    var languageModel: String
    var answering: Answering
    var tickets: Tickets
    var reports: [Report]
    var web: Web
    var templates: String
    var limits: Limits
    var retention: Retention
    var logLevel: LogLevel
    /// Values that cannot be had: an unset variable, a secret file that cannot be read.
    var missing: [SettingsProblem]

    /// A path from the settings file's folder, or from ours without a file.
    func besides(_ path: String) -> String {
        let folder = file.map { URL(filePath: $0).deletingLastPathComponent().path(percentEncoded: false) } ?? ""
        return folder.isEmpty ? path : URL(filePath: folder).appending(path: path).path(percentEncoded: false)
    }

    /// Throws what is missing under any of these keys (`mailboxes`, `smtp`, `answering.api-key`).
    func require(_ keys: [String]) throws(SettingsError) {
        let found = missing.filter { problem in
            keys.contains { key in
                problem.key.hasPrefix(key)
                    && (problem.key.count == key.count || ".[".contains(problem.key.dropFirst(key.count).first ?? " "))
            }
        }
        if !found.isEmpty { throw SettingsError(problems: found) }
    }

    struct Mailbox: Sendable {
        var account: MailboxAccount
        var oauth2: OAuth2?
        var trust: AuthenticationTrust
        var answersUnverified: Bool
    }

    struct OAuth2: Sendable, Equatable {
        enum Vendor: String, CaseIterable, Sendable { case google, microsoft, other }
        /// What the tokens are for: Microsoft grants each by itself.
        enum Use: Sendable { case imap, smtp }
        var use: Use
        var vendor: Vendor
        var clientID: String
        var clientSecret: Secret
        var refreshToken: Secret
        var tokenURL: String
        var tenant: String
        /// Where the newest refresh token is kept, for vendors that give a new one with each answer.
        var keptAt: String
    }

    struct Webhook: Sendable {
        enum Vendor: String, CaseIterable, Sendable { case mailgun, sendgrid, postmark, ses, standard }
        var name: String
        var vendor: Vendor
        var secret: Secret
        var trust: AuthenticationTrust
        var answersUnverified: Bool
    }

    struct SMTP: Sendable {
        enum EnvelopeFrom: String, CaseIterable, Sendable { case address, verp }
        var server: SubmissionServer
        var oauth2: OAuth2?
        var envelopeFrom: EnvelopeFrom
        var rate: Rate
    }

    struct Answering: Sendable {
        enum Provider: String, CaseIterable, Sendable {
            case builtIn = "built-in"
            case openai, anthropic, ollama
        }
        /// Which of a provider's interfaces is spoken.
        enum Interface: String, CaseIterable, Sendable { case chat, responses }
        enum Mode: String, CaseIterable, Sendable { case automatic, review, shadow }
        struct Price: Sendable, Equatable {
            var input: Double
            var output: Double
            var cached: Double?
        }
        /// Who is asked; `price` is for a model whose price is not known.
        struct Asked: Sendable {
            var provider: Provider
            var interface: Interface
            var model: String
            var apiKey: Secret
            var baseURL: String
            var price: Price?
        }
        var asked: Asked
        var fallback: [Asked]
        /// `none`, `local` or a URL.
        var embeddings: String
        var embeddingsKey: Secret
        var mode: Mode
        var confidence: Double
        var wantedAccuracy: Double?
        var repliesPerConversation: Int
        var budgetPerConversation: Double?
        var budgetPerDay: Double?

        var provider: Provider { asked.provider }
        var price: Price? { asked.price }
    }

    struct Tickets: Sendable {
        var notify: [EmailAddress]
        var acknowledge: Bool
        var firstResponse: Duration
        var resolution: Duration
    }

    struct Report: Sendable {
        enum Kind: String, CaseIterable, Sendable { case digest, tickets, analytics }
        enum Every: String, CaseIterable, Sendable { case day, week, month }
        var kind: Kind
        var every: Every
        /// Minutes of the day in the desk's time zone.
        var at: Int
        var to: [EmailAddress]
        var folder: String
    }

    struct Web: Sendable {
        var listen: ListenAddress
        /// As the outside sees it, without a slash at the end; empty when unknown.
        var url: String
        var chatOrigins: [String]
        var chatRate: Rate
        var trustedProxies: [String]
    }

    struct Limits: Sendable {
        var perSender: [Rate]
        var answers: [Rate]
        var messageSize: Int
        var answerAge: Duration
    }

    struct Retention: Sendable {
        /// nil is forever.
        var rawMail: Duration?
        var conversations: Duration?
    }

    enum LogLevel: String, CaseIterable, Sendable { case trace, debug, info, notice, warning, error, critical }
}

struct ListenAddress: Equatable, Sendable {
    var host: String
    var port: Int
}

enum StoreLocation: Equatable, Sendable {
    case sqlite(path: String)
    case postgresql(url: String)
}

enum SecretLocation: Equatable, Sendable {
    /// Made at the first start.
    case file(path: String)
    case given(Secret)
}
