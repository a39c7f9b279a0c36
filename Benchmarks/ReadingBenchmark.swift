// Raw mail to everything that `try mail` shows, on one thread, against GMime alone on the same mails.

import CGMime
import Correspondence
import Foundation
import Language
import MailFormat

/// GMime alone parses the mail and decodes its text parts to UTF-8, and does no more: no header is asked for, no HTML is
/// made text, no quote is cut, no language told.
enum ReadingBenchmark {
    /// Mails as people and their programs write them; the other folders of the corpus hold what is broken or made.
    private static let folders = ["clients", "replies", "languages"]
    private static let rounds = 7
    /// Bytes read in one round, so that each round takes long enough to be measured.
    private static let roundBytes = 24 << 20

    static func run(_ folder: String) async throws -> [Measurement] {
        let corpus = URL(filePath: FileManager.default.currentDirectoryPath)
            .appending(path: "Tests/MailFormatTests/Corpus")
        let mails = try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(
                at: corpus.appending(path: folder), includingPropertiesForKeys: nil
            )
            .filter { $0.pathExtension == "eml" }.sorted { $0.path < $1.path }
            .map { [UInt8](try Data(contentsOf: $0)) }
        }
        let plain = [SampleMail.mail(1, desk: "support@bench.example", question: SampleMail.question)]
        return try await onOwnThread {
            [
                try measure(mails, named: "reading the corpus' \(mails.count) mails, against GMime alone"),
                try measure(plain, named: "reading a plain mail of 4 KiB, against GMime alone"),
            ]
        }
    }

    /// Reading wants 8 MB of stack.
    private static func onOwnThread(
        _ work: @escaping @Sendable () throws -> [Measurement]
    ) async throws -> [Measurement] {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// The best round of each counts; they take turns, so that a busy machine hits both.
    private static func measure(_ mails: [[UInt8]], named work: String) throws -> Measurement {
        let reader = GMimeMailReader(guess: CLD2LanguageGuess())
        let context = ReadingContext(trust: .firstPosition)
        let repeats = max(1, roundBytes / mails.reduce(1) { $0 + $1.count })
        g_mime_init()
        var (ours, limit) = (Double.infinity, Double.infinity)
        let clock = ContinuousClock()
        var parts = 0
        for _ in 0..<rounds {
            var start = clock.now
            for _ in 0..<repeats { for mail in mails { _ = try reader.readHere(mail, in: context) } }
            ours = min(ours, (clock.now - start).seconds)
            start = clock.now
            for _ in 0..<repeats { for mail in mails { parts += try decodeText(mail) } }
            limit = min(limit, (clock.now - start).seconds)
        }
        guard parts > 0 else { throw BenchFailure("GMime found no text") }
        let count = Double(mails.count * repeats)
        return Measurement(work: work, ours: count / ours, limit: count / limit, unit: "mails/s", goal: 0.5)
    }

    /// How many text parts GMime decoded.
    private static func decodeText(_ mail: [UInt8]) throws -> Int {
        let stream = mail.withUnsafeBytes { bytes in
            g_mime_stream_mem_new_with_buffer(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        defer { cgmime_unref(stream) }
        let parser = g_mime_parser_new_with_stream(stream)
        defer { cgmime_unref(parser) }
        guard let message = g_mime_parser_construct_message(parser, nil) else { throw BenchFailure("no mail to GMime") }
        defer { cgmime_unref(message) }
        var open = [g_mime_message_get_mime_part(message)]
        var found = 0
        while let last = open.popLast() {
            guard let object = last else { continue }
            if cgmime_is_multipart(object) != 0 {
                let multipart = cgmime_multipart(object)
                for index in 0..<g_mime_multipart_get_count(multipart) {
                    open.append(g_mime_multipart_get_part(multipart, index))
                }
            } else if cgmime_is_text_part(object) != 0, let text = g_mime_text_part_get_text(cgmime_text_part(object)) {
                g_free(text)
                found += 1
            }
        }
        return found
    }
}
