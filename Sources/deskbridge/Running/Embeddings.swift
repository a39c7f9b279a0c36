// What answering.embeddings or --embeddings names: a server somewhere, or one of our own on this machine.

import Answering
import Correspondence
import Foundation
import Knowledge
import Rehearsal
import Transport

struct Embeddings: Sendable {
    /// Where the model of `local` lies: beside the store's usual place.
    static let folder = "var/embeddings"
    /// For `check`, whose server may have to load its model first.
    static let probeLimit = Duration.seconds(60)

    /// Our own server, and what it is made of.
    struct Local: Sendable {
        var environment: EmbeddingsEnvironment
        var server: EmbeddingsServer
    }
    let embedder: any Embedder
    let local: Local?

    /// nil for `none`. Throws for what is no address; asks nobody and starts nothing.
    static func make(_ choice: String, for settings: Settings) throws -> Embeddings? {
        switch choice {
        case "none": return nil
        case "local":
            let environment = EmbeddingsEnvironment(
                folder: settings.besides(Self.folder), environment: ProcessInfo.processInfo.environment)
            // Half of the machine is left to everything else.
            let server = try EmbeddingsServer(
                environment, threads: max(1, ProcessInfo.processInfo.activeProcessorCount / 2))
            return Embeddings(
                embedder: try HTTPEmbedder(url: server.url, http: CurlHTTPClient()),
                local: Local(environment: environment, server: server))
        default:
            return Embeddings(
                embedder: try HTTPEmbedder(
                    url: choice, key: settings.answering.embeddingsKey, http: CurlHTTPClient()),
                local: nil)
        }
    }

    /// In words for people; starts nothing that stays, and installs nothing.
    func probe() async throws -> String {
        if let local {
            guard local.environment.isInstalled else {
                return "local: not installed yet; serve \(local.environment.plan) at its start"
            }
            try await local.server.start()
        }
        do {
            let model = try await embedder.model(within: Self.probeLimit)
            await stop()
            return "\(local == nil ? "the server" : "local") answers: \(model.name), \(model.dimension) numbers a text"
        } catch {
            await stop()
            throw error
        }
    }

    func stop() async { await local?.server.stop() }

    /// For `try`: starts what is our own, installs it where it is not there, and gives the index its vectors. What fails
    /// is told, and the search goes by words alone.
    func prepare(_ search: MemoryPassageSearch) async {
        do {
            if let local {
                if !local.environment.isInstalled {
                    Terminal.note("deskbridge: embeddings: local \(local.environment.plan)")
                    try await local.environment.install()
                }
                try await local.server.start()
            }
            _ = try await VectorKeeper(search: search, embedder: embedder, store: nil).round()
        } catch {
            Terminal.complain("embeddings: \(error); searching by words alone")
        }
    }
}
