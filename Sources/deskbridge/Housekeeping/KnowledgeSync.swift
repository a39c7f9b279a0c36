// Keeps the store's articles as the folders of the settings have them.

import Correspondence
import Foundation
import Logging
import ServiceLifecycle

/// Reads the folders at the start and again when a file in them changed. Articles whose files are gone go too; but where
/// one of the paths cannot be opened (a disk that is not mounted yet, permissions), all stay as they are.
struct KnowledgeSync: Service {
    /// All folders of the settings are one origin, so that a folder taken out of the settings is taken out here.
    static let origin = "settings"
    static let pause = Duration.seconds(30)

    let paths: [String]
    let languages: [String]
    var guess = Parts.guess
    let store: any DeskStore
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var seen: Int?
            while !Task.isCancelled {
                let state = await Self.fingerprint(paths)
                if state != seen, await sync() { seen = state }
                // Cancelled on the graceful stop; nothing is lost with it.
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Whether the store has them now.
    func sync() async -> Bool {
        let read = await KnowledgeFiles.read(paths, languages: languages, guess: guess)
        guard read.unreached.isEmpty else {
            logger.error(
                "knowledge cannot be reached; its articles stay as they were; trying again",
                metadata: ["problem": "\(read.unreached.joined(separator: "; "))"])
            return false
        }
        for problem in read.problems { logger.warning("knowledge file left out", metadata: ["problem": "\(problem)"]) }
        do {
            if try await store.replaceArticles(origin: Self.origin, with: read.articles) {
                logger.info("knowledge taken in", metadata: ["articles": "\(read.articles.count)"])
            }
            return true
        } catch {
            logger.error("knowledge could not be kept; trying again", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Names, sizes and times of all files: changes when one of them does.
    private static func fingerprint(_ paths: [String]) async -> Int {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "deskbridge.knowledge.look").async {
                var hasher = Hasher()
                func look(_ path: String, _ depth: Int) {
                    let file = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
                    guard depth < 16, let facts = try? FileManager.default.attributesOfItem(atPath: file) else {
                        return
                    }
                    hasher.combine(path)
                    hasher.combine(facts[.size] as? Int)
                    hasher.combine(facts[.modificationDate] as? Date)
                    guard facts[.type] as? FileAttributeType == .typeDirectory else { return }
                    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
                    for name in names.sorted() { look("\(path)/\(name)", depth + 1) }
                }
                for path in paths { look(path, 0) }
                continuation.resume(returning: hasher.finalize())
            }
        }
    }
}
