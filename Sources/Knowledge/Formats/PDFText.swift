// The text of a PDF, by `pdftotext` of poppler as a limited child process.

import Foundation
import Synchronization

/// Remembers the texts of files that did not change, so that a change of one file does not read all PDFs again.
package final class PDFText: Sendable {
    struct Problem: Error, Equatable {
        var message: String
    }

    private struct Known {
        var size: Int
        var sum: Int
        var result: Result<String, Problem>
    }

    /// So many files are remembered.
    private static let memoryLimit = 2000

    private let program: LimitedProgram
    private let known = Mutex<[String: Known]>([:])

    /// `program` is found on the path; tests name another.
    package init(program: String = "pdftotext") {
        self.program = LimitedProgram(
            words: [program, "-enc", "UTF-8", "-", "-"], time: ArticleLimits.pdfTime,
            memory: ArticleLimits.pdfMemory, outputLimit: ArticleLimits.pdfText)
    }

    init(_ program: LimitedProgram) {
        self.program = program
    }

    /// Blocking.
    func text(of bytes: [UInt8], at path: String) -> Result<String, Problem> {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        let (size, sum) = (bytes.count, hasher.finalize())
        if let known = known.withLock({ $0[path] }), known.size == size, known.sum == sum { return known.result }
        let (result, isLasting) = read(bytes)
        if isLasting {
            known.withLock {
                if $0.count >= Self.memoryLimit { $0.removeAll() }
                $0[path] = Known(size: size, sum: sum, result: result)
            }
        }
        return result
    }

    /// A failure that another try may not have is not remembered.
    private func read(_ bytes: [UInt8]) -> (Result<String, Problem>, isLasting: Bool) {
        guard bytes.prefix(1024).contains(sequence: "%PDF-") else {
            return (.failure(Problem(message: "is no PDF, whatever its name: save it again or take it out")), true)
        }
        let result: LimitedProgram.Result
        do {
            result = try program.run(bytes)
        } catch {
            return (.failure(Problem(message: Self.words(error, time: program.time))), false)
        }
        let complaint = result.complaint
        guard result.status == 0 else {
            let message =
                if complaint.contains("Incorrect password") || complaint.contains("ncrypt") {
                    "is locked by a password: save it without one"
                } else if result.status == 3 {
                    "forbids that its text is taken out: save it without that"
                } else if complaint.contains("emory") {
                    "needs too much memory: split it or save it as text"
                } else {
                    "is broken: open it, save it again, or save it as text"
                }
            return (.failure(Problem(message: message)), true)
        }
        let text = String(decoding: result.output.filter { $0 != 0 && $0 != 13 }, as: UTF8.self)
        guard text.contains(where: { $0.isLetter }) else {
            return (
                .failure(
                    Problem(
                        message: "holds no text, only pictures: let OCR add it (ocrmypdf), or write it as text")), true
            )
        }
        return (.success(text), true)
    }

    private static func words(_ failure: LimitedProgram.Failure, time: Duration) -> String {
        switch failure {
        case .notInstalled(let name):
            "is a PDF, and \(name) is not installed: install \(name == "prlimit" ? "util-linux" : "poppler-utils"), "
                + "or save it as text"
        case .didNotStart(let reason): "could not be read: pdftotext did not start: \(reason)"
        case .tookTooLong: "took longer than \(time.components.seconds) s to read: split it or save it as text"
        case .saidTooMuch: "holds more than \(ArticleLimits.pdfText) bytes of text: split it"
        case .killed: "needs too much memory or time: split it or save it as text"
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func contains(sequence: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: sequence.utf8Start, count: sequence.utf8CodeUnitCount)
        guard count >= wanted.count else { return false }
        return (startIndex...(endIndex - wanted.count)).contains {
            self[$0..<($0 + wanted.count)].elementsEqual(wanted)
        }
    }
}
