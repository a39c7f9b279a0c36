// Keeps the store's articles as the folders of the settings have them.

import Correspondence
import Foundation
import Knowledge
import Logging
import ServiceLifecycle
import Synchronization

/// Reads the folders at the start and again when a file in them changed, once it stays as it is: an editor or a copy may
/// be writing it. Articles whose files are gone go too; but where one of the paths cannot be opened (a disk that is not
/// mounted yet, permissions), all stay as they are, and those of a folder below that cannot be listed stay.
struct KnowledgeSync: Service {
    /// All folders of the settings are one origin, so that a folder taken out of the settings is taken out here.
    static let origin = "settings"
    static let pause = Duration.seconds(30)
    /// How long files must have stayed as they are.
    static let settling = Duration.seconds(2)
    /// How often they are looked at for that.
    static let settlingLimit = 15
    /// A folder with nothing at all in it may be a share that is not mounted: for so long its articles stay.
    static let emptyGrace = Duration.minutes(10)

    let paths: [String]
    let languages: [String]
    let guess: any LanguageGuess
    let store: any DeskStore
    let logger: Logger
    let now: @Sendable () -> Instant
    let pause: Duration
    let settling: Duration
    private let memory = Memory()

    init(
        paths: [String], languages: [String], guess: any LanguageGuess = Parts.guess, store: any DeskStore,
        logger: Logger, now: @escaping @Sendable () -> Instant = Surroundings.system.now, pause: Duration = Self.pause,
        settling: Duration = Self.settling
    ) {
        self.paths = paths
        self.languages = languages
        self.guess = guess
        self.store = store
        self.logger = logger
        self.now = now
        self.pause = pause
        self.settling = settling
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var seen: Int?
            while !Task.isCancelled {
                var state = await Self.fingerprint(paths)
                if state != seen {
                    if seen != nil { state = await settled(state) }
                    if await sync() { seen = state }
                }
                // Cancelled on the graceful stop; nothing is lost with it.
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// The state that files have come to rest in; one that never rests is taken as it is.
    private func settled(_ first: Int) async -> Int {
        var state = first
        for _ in 0..<Self.settlingLimit {
            try? await Task.sleep(for: settling)
            let next = await Self.fingerprint(paths)
            if next == state || Task.isCancelled { return next }
            state = next
        }
        return state
    }

    /// Whether the store has them now.
    func sync() async -> Bool {
        let read = await KnowledgeFiles.read(paths, languages: languages, guess: guess)
        tell(
            "knowledge cannot be reached; its articles stay as they were; trying again", read.unreached, as: .error)
        guard read.unreached.isEmpty else { return false }
        for problem in memory.news(read.problems) {
            logger.warning("knowledge file left out", metadata: ["problem": "\(problem)"])
        }
        do {
            let hasKept = read.empty.isEmpty ? false : try await !store.articles().isEmpty
            let isWaiting = memory.waits(empty: hasKept ? read.empty : [], at: now())
            tell(
                "a knowledge folder is empty, as if it were not mounted; its articles stay for now",
                isWaiting ? read.empty : [], as: .warning)
            let keeping = isWaiting ? [""] : read.unknown
            if try await store.replaceArticles(origin: Self.origin, with: read.articles, keeping: keeping) {
                logger.info("knowledge taken in", metadata: ["articles": "\(read.articles.count)"])
            }
            return !isWaiting && read.unknown.isEmpty
        } catch {
            logger.error("knowledge could not be kept; trying again", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Once, not at every look.
    private func tell(_ message: Logger.Message, _ problems: [String], as level: Logger.Level) {
        let news = memory.news(problems, for: "\(message)")
        guard !news.isEmpty else { return }
        logger.log(level: level, message, metadata: ["problem": "\(news.joined(separator: "; "))"])
    }

    /// What was seen and told before.
    private final class Memory: Sendable {
        private struct State {
            var emptySince: [String: Instant] = [:]
            var told: [String: Set<String>] = [:]
        }
        private let state = Mutex(State())

        /// Whether one of the folders is empty for less than the grace.
        func waits(empty: [String], at now: Instant) -> Bool {
            state.withLock { state in
                state.emptySince = state.emptySince.filter { empty.contains($0.key) }
                for folder in empty where state.emptySince[folder] == nil { state.emptySince[folder] = now }
                return state.emptySince.values.contains { now - $0 < KnowledgeSync.emptyGrace }
            }
        }

        /// Those that were not told the last time.
        func news(_ problems: [String], for subject: String = "") -> [String] {
            state.withLock { state in
                let told = state.told[subject] ?? []
                state.told[subject] = Set(problems)
                return problems.filter { !told.contains($0) }
            }
        }
    }

    /// Names, sizes and times of all files: changes when one of them does.
    private static func fingerprint(_ paths: [String]) async -> Int {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "deskbridge.knowledge.look").async {
                var hasher = Hasher()
                // No more than is read, and its folders.
                var left = 2 * ArticleFolder.fileLimit
                func look(_ path: String, _ depth: Int) {
                    left -= 1
                    guard left > 0 else { return }
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
