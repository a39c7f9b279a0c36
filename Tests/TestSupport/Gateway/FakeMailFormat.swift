// Reader and composer whose mails are our own values in JSON: what a test writes is what a station reads.

package import Correspondence
import Foundation
import Synchronization

/// Bytes that are no `Message` in JSON cannot be read.
package final class FakeMailReader: MailReader {
    private let readings = Mutex(0)

    package init() {}

    package var count: Int { readings.withLock { $0 } }

    package func read(_ mail: [UInt8], in context: ReadingContext) async throws(MailReadingError) -> Message {
        readings.withLock { $0 += 1 }
        do {
            return try JSONDecoder().decode(Message.self, from: Data(mail))
        } catch {
            throw MailReadingError(.notMail, detail: "not a message in JSON")
        }
    }

    /// The bytes of part n are those of its name; a message in JSON has the parts of its attachments.
    package func part(_ index: Int, of mail: [UInt8]) async throws(MailReadingError) -> [UInt8] {
        let message = try await read(mail, in: ReadingContext())
        guard let attachment = message.attachments.first(where: { $0.part == index }) else {
            throw MailReadingError(.notMail, detail: "the mail has no part \(index)")
        }
        return Array("bytes of \(attachment.name ?? "a part")".utf8)
    }
}

/// `Attachment`, where Testing has one of its own.
package typealias MailAttachment = Attachment

package struct FakeMailComposer: MailComposer {
    package init() {}

    package func compose(_ mail: OutgoingMail) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(mail))
        } catch {
            return []
        }
    }
}

extension Message {
    /// As `FakeMailReader` reads it.
    package var bytes: [UInt8] {
        do {
            return Array(try JSONEncoder().encode(self))
        } catch {
            return []
        }
    }
}

package struct FakeLanguageGuess: LanguageGuess {
    package init() {}

    package func guess(_ text: String, among languages: [String]) -> LanguageVerdict {
        LanguageVerdict(language: "en", certainty: 0.9)
    }
}

/// Words in lower case, nothing more.
package struct FakeAnalyzer: Analyzer {
    package init() {}

    package func features(of text: String, language: String) -> [String] { words(of: text, language: language) }

    package func words(of text: String, language: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    package func sentences(of text: String) -> [String] { text.split(separator: ".").map(String.init) }
}
