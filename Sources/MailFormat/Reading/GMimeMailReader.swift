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
        return try opened(lines ?? mail) { raw, headers, tree in
            MessageAssembly(raw, headers, tree, in: context, guess: guess).message
        }
    }

    /// Calls `body` with the parts of a mail; those of its content where it is signed opaquely.
    private static func opened<Value>(
        _ mail: [UInt8], _ body: (UnsafeRawBufferPointer, HeaderBlock, PartTree) throws(MailReadingError) -> Value
    ) throws(MailReadingError) -> Value {
        var mail = mail
        var layer = 0
        while true {
            // `withUnsafeBytes` forgets which error was thrown: it travels as a value.
            let step = mail.withUnsafeBytes { raw -> Result<Opening<Value>, MailReadingError> in
                do throws(MailReadingError) {
                    let headers = try HeaderBlock.top(of: raw)
                    let tree = PartTree(raw, headers: headers)
                    if layer < SignedContent.layers, let content = SignedContent.opened(raw, headers, tree.parts[0]) {
                        return .success(.content(content))
                    }
                    return .success(.value(try body(raw, headers, tree)))
                } catch {
                    return .failure(error)
                }
            }
            switch try step.get() {
            case .value(let value): return value
            case .content(let content):
                mail = content
                layer += 1
            }
        }
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
        try opened(withLines(mail) ?? mail) { raw, _, tree throws(MailReadingError) in
            guard tree.parts.indices.contains(index) else {
                guard index >= tree.parts.count,
                    let file = EnclosedFiles.file(index - tree.parts.count, in: raw, tree)
                else { throw MailReadingError(.notMail, detail: "the mail has no part \(index)") }
                return file
            }
            let part = tree.parts[index]
            return part.encoding.decode(UnsafeRawBufferPointer(rebasing: raw[part.body]))
        }
    }
}

/// What a mail came to: what was asked of it, or the signed content to ask instead.
private enum Opening<Value> {
    case value(Value)
    case content([UInt8])
}
