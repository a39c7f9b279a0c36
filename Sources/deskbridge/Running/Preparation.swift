// What must hold before the gateway runs, step by step: one list, taken by `serve` and tried by `check`.

import Correspondence
import Foundation
import Reports
import Storage
import Transport

/// `serve` ends with the first step that fails, `check` tries them all: so where `check` is green `serve` starts, and
/// where it is not, both end with the same exit code. What lies outside this machine (mailboxes, SMTP, the provider) is
/// no step: `serve` goes on without it and tries again.
struct Preparation {
    enum Step: String, CaseIterable {
        case settings, language, answering, templates, secret, store, web

        /// What a command over the store needs of them.
        static let ofCommands: [Step] = [.language, .templates, .secret, .store]
    }

    enum Purpose {
        /// Makes what is not there yet: the secret, the store; brings an older store up to date.
        case start
        /// Makes what is not there yet, and refuses an older store: that step back is closed only by `serve`.
        case command
        /// Tries whether it could be made, and leaves no trace.
        case trial
    }

    let settings: Settings
    let purpose: Purpose
    private(set) var guess = Parts.guess
    private(set) var reports: MustacheReportMaker?
    private(set) var secret: [UInt8] = []
    private(set) var store: OpenStore?
    /// A gateway runs over this store already: only a trial gets so far.
    private(set) var isServed = false

    init(_ settings: Settings, for purpose: Purpose) {
        self.settings = settings
        self.purpose = purpose
    }

    /// What was found, in words for people.
    mutating func take(_ step: Step) async throws -> String {
        switch step {
        case .settings: return try values()
        case .language: return try await languages()
        case .answering:
            _ = try Wiring.answerer(settings)
            _ = try Embeddings.make(settings.answering.embeddings, for: settings)
            return "\(settings.answering.provider.rawValue): its settings can be used"
        case .templates:
            reports = try MustacheReportMaker(folder: settings.templates, webURL: settings.web.url)
            return settings.templates.isEmpty ? "the built-in ones" : "\(settings.templates): all can be used"
        case .secret: return try signing()
        case .store: return try await opening()
        case .web: return try await listening()
        }
    }

    func close() async { await store?.close() }

    // MARK: Steps

    private func values() throws -> String {
        try settings.require(Self.used(settings))
        return "\(settings.file ?? "built-in settings"): every key is known and every value can be used"
    }

    /// The settings that running uses: a key for a provider that is not asked may be missing.
    static func used(_ settings: Settings) -> [String] {
        let asksProvider = settings.answering.provider == .openai || settings.answering.provider == .anthropic
        let rest = SettingsKey.children(of: "").filter { $0 != "answering" }
        let embeds = settings.answering.embeddings != "none" && settings.answering.embeddings != "local"
        let unused = (asksProvider ? [] : ["api-key"]) + (embeds ? [] : ["embeddings-key"])
        return rest
            + SettingsKey.children(of: "answering").filter { !unused.contains($0) }.map { "answering.\($0)" }
    }

    private mutating func languages() async throws -> String {
        guess = try await Parts.guess(for: settings)
        return settings.languageModel.isEmpty
            ? "told apart by the built-in way" : "\(settings.languageModel): can be used"
    }

    private mutating func signing() throws -> String {
        try settings.require(["secret"])
        // With PostgreSQL other nodes must have the same one: it is given, never made.
        var mayMake = true
        if case .postgresql = settings.store { mayMake = false }
        if mayMake, case .file(let path) = settings.secret, !FileManager.default.fileExists(atPath: path) {
            try Folders.tryToWrite(besides: path)
            if purpose == .trial { return "\(path): not there yet; serve makes it at its first start" }
        }
        secret = try SigningSecret.key(settings.secret, mayMake: mayMake)
        return "can be used"
    }

    private mutating func opening() async throws -> String {
        try settings.require(["store"])
        if case .sqlite(let path) = settings.store, !FileManager.default.fileExists(atPath: path) {
            try Folders.tryToWrite(besides: path)
            if purpose == .trial { return "\(path): not there yet; serve makes it at its first start" }
        }
        do {
            let open = try await Wiring.openStore(settings, schema: schema)
            store = open
            if purpose == .trial, open.schemaFound == 0 {
                return "can be opened and written; it is empty, and serve makes its tables"
            }
            let backlog = try await open.store.backlog().values.reduce(0, +)
            let words = "can be opened and written; \(backlog) pieces of work wait"
            guard purpose == .trial, open.schemaFound < open.schemaKnown else { return words }
            return words + "; serve will bring the schema from \(open.schemaFound) to \(open.schemaKnown)"
        } catch let error as StoreError where error.code == .locked && purpose == .trial {
            isServed = true
            return "in use by a running gateway"
        }
    }

    private var schema: DeskStores.Schema {
        switch purpose {
        case .start: .raised
        case .command: .required
        case .trial: .left
        }
    }

    private func listening() async throws -> String {
        let listen = settings.web.listen
        do {
            try await ListenTrial.run(listen)
        } catch {
            guard await isOwn(listen) else { throw error }
            return "\(listen.host):\(listen.port) is in use, as it must be while the gateway runs"
        }
        return "\(listen.host):\(listen.port) can be listened on"
    }

    /// Whether the port is held by a gateway of this desk. With PostgreSQL nothing is locked: any gateway counts.
    private func isOwn(_ listen: ListenAddress) async -> Bool {
        if isServed { return true }
        guard purpose == .trial, case .postgresql = settings.store else { return false }
        let call = HTTPCall(url: "http://\(listen.host):\(listen.port)/healthz", timeout: .seconds(3))
        return (try? await CurlHTTPClient().send(call).status) == 200
    }
}
