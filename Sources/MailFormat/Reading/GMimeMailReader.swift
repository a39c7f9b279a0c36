// Raw mail to `Message`: the `MailReader` of the house, on its own threads.
package import Correspondence
import Glibc

/// GMime reads the grammar of header values (addresses, parameters, dates); the parts are found by
/// `PartTree`, HTML is read by libxml2. Safe from any task: each call runs whole on one thread of the pool.
package struct GMimeMailReader: MailReader {
    private let guess: any LanguageGuess
    private let threads: ParsingThreads

    /// Starts as many threads as there are processors; they end when the last copy of the reader is gone.
    package init(guess: any LanguageGuess) {
        self.guess = guess
        threads = ParsingThreads()
    }

    package func read(_ mail: [UInt8], in context: ReadingContext) async throws(MailReadingError) -> Message {
        let guess = guess
        let result = await threads.run { () -> Result<Message, MailReadingError> in
            do throws(MailReadingError) {
                return .success(try Self.read(mail, in: context, guess: guess))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The same on the calling thread, which must have 8 MB of stack and may be held up: for benchmarks and commands
    /// with threads of their own.
    package func readHere(_ mail: [UInt8], in context: ReadingContext) throws(MailReadingError) -> Message {
        try Self.read(mail, in: context, guess: guess)
    }

    package func part(_ index: Int, of mail: [UInt8]) async throws(MailReadingError) -> [UInt8] {
        let result = await threads.run { () -> Result<[UInt8], MailReadingError> in
            do throws(MailReadingError) {
                return .success(try Self.part(index, of: mail))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func read(
        _ mail: [UInt8], in context: ReadingContext, guess: any LanguageGuess
    ) throws(MailReadingError) -> Message {
        let lines = withLines(mail)
        var context = context
        // Others read such a mail as one long line: nothing it says of its sender is proven.
        if lines != nil { context.trust = .nobody }
        // `withUnsafeBytes` forgets which error was thrown: it travels as a value.
        return try (lines ?? mail).withUnsafeBytes { raw -> Result<Message, MailReadingError> in
            do throws(MailReadingError) {
                return .success(try MessageAssembly(raw, in: context, guess: guess).message)
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// A mail whose every line ends in a lone CR, with the line ends it means; nil for any other.
    private static func withLines(_ mail: [UInt8]) -> [UInt8]? {
        let isOneLine = mail.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return false }
            return memchr(base, 10, raw.count) == nil && memchr(base, 13, raw.count) != nil
        }
        return isOneLine ? mail.map { $0 == 13 ? 10 : $0 } : nil
    }

    private static func part(_ index: Int, of mail: [UInt8]) throws(MailReadingError) -> [UInt8] {
        try (withLines(mail) ?? mail).withUnsafeBytes { raw -> Result<[UInt8], MailReadingError> in
            do throws(MailReadingError) {
                let tree = PartTree(raw, headers: try HeaderBlock.top(of: raw))
                let parts = tree.parts
                if index >= parts.count {
                    let files = TextFiles.all(in: raw, parts, BodyParts(tree).pieces)
                    if files.indices.contains(index - parts.count) { return .success(files[index - parts.count].data) }
                }
                guard parts.indices.contains(index) else {
                    throw MailReadingError(.notMail, detail: "the mail has no part \(index)")
                }
                return .success(parts[index].encoding.decode(UnsafeRawBufferPointer(rebasing: raw[parts[index].body])))
            } catch {
                return .failure(error)
            }
        }.get()
    }
}
