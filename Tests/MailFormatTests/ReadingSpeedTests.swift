// Work grows as the mail grows: twice the size takes no more than some twice the time.
import Correspondence
import Foundation
import MailFormat
import Testing

/// The best of several runs counts, in processor time, so that a busy machine is no fault.
@Suite(.serialized)
struct ReadingSpeedTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let make: @Sendable (Int) -> String
    }

    static let shapes = [
        Shape(testDescription: "a long reply with quotes") { count in
            "In-Reply-To: <a@b>\n\n" + String(repeating: "New words of mine.\n> old words\n", count: count)
        },
        Shape(testDescription: "long HTML") { count in
            "Content-Type: text/html\n\n"
                + String(repeating: "<p style=\"color: red\">Some <b>words</b></p>", count: count)
        },
        Shape(testDescription: "a large attachment") { count in
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
                + String(repeating: "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\n", count: count * 4) + "--b--\n"
        },
    ]

    @Test(arguments: shapes)
    func `twice the size takes at most some twice the time`(shape: Shape) async {
        let reader = GMimeMailReader(guess: FixedGuess())
        func time(_ count: Int) async -> Double {
            let mail = Array("From: a@x.example\n\(shape.make(count))".utf8)
            var best = Double.infinity
            for _ in 0..<5 {
                let (_, spent) = await ProcessorTime.measure { try? reader.readHere(mail, in: ReadingContext()) }
                best = min(best, spent.seconds)
            }
            return best
        }
        let (small, large) = (await time(2_000), await time(8_000))
        // Four times the size: linear is 4, quadratic is 16.
        #expect(large / small < 9, "\(large / small)")
    }

    /// `BENCH_MAILS=FOLDER` prints how many mails a second are read on one thread.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["BENCH_MAILS"] != nil))
    func `mails a second`() throws {
        let folder = URL(filePath: ProcessInfo.processInfo.environment["BENCH_MAILS"] ?? "")
        let mails = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { [UInt8](try Data(contentsOf: $0)) }
        let reader = GMimeMailReader(guess: FixedGuess())
        let start = ContinuousClock.now
        for mail in mails { _ = try? reader.readHere(mail, in: ReadingContext()) }
        let seconds = start.duration(to: .now).seconds
        print("read \(mails.count) mails in \(seconds) s: \(Int(Double(mails.count) / seconds)) a second")
        #expect(!mails.isEmpty)
    }
}
