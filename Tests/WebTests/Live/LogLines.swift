// A log that remembers its lines.

import Logging
import Synchronization

final class LogLines: Sendable {
    private let messages = Mutex<[String]>([])

    /// Without what is for debugging alone.
    var logger: Logger {
        var logger = Logger(label: "web-lines") { _ in Handler(lines: self) }
        logger.logLevel = .info
        return logger
    }

    func count(of message: String) -> Int { messages.withLock { $0.count { $0 == message } } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.messages.withLock { $0.append("\(event.message)") } }
    }
}
