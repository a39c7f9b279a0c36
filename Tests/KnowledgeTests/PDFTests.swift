// The text of a PDF, by a child process that may do anything.

import Correspondence
import Foundation
import Language
import TestSupport
import Testing

@testable import Knowledge

/// A PDF of given pages, as small as they come.
enum SmallPDF {
    static func bytes(_ pages: [[String]], encrypted: Bool = false) -> [UInt8] {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
        var kids: [String] = []
        let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
        objects.append(font)
        for page in pages {
            var text = "BT /F1 11 Tf 72 760 Td 14 TL\n"
            for line in page {
                let escaped = line.replacingOccurrences(of: "(", with: "\\(").replacingOccurrences(of: ")", with: "\\)")
                text += line.isEmpty ? "T* T*\n" : "(\(escaped)) Tj T*\n"
            }
            text += "ET"
            objects.append("<< /Length \(text.utf8.count) >>\nstream\n\(text)\nendstream")
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents \(objects.count) 0 R "
                    + "/Resources << /Font << /F1 3 0 R >> >> >>")
            kids.append("\(objects.count) 0 R")
        }
        objects[1] = "<< /Type /Pages /Kids [\(kids.joined(separator: " "))] /Count \(kids.count) >>"
        var trailer = "/Root 1 0 R"
        if encrypted {
            let key = String(repeating: "a", count: 32)
            objects.append("<< /Filter /Standard /V 1 /R 2 /P -4 /O (\(key)) /U (\(key)) >>")
            trailer += " /Encrypt \(objects.count) 0 R /ID [(0123456789abcdef) (0123456789abcdef)]"
        }
        var out = "%PDF-1.4\n"
        var places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(out.utf8.count)
            out += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = out.utf8.count
        out += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for place in places { out += String(format: "%010d 00000 n \n", place) }
        out += "trailer\n<< /Size \(objects.count + 1) \(trailer) >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(out.utf8)
    }
}

struct PDFTests {
    private static let isInstalled = LimitedProgram.find("pdftotext") != nil
    private static let isRequired = ProcessInfo.processInfo.environment["REQUIRE_SERVERS"] == "1"

    private func read(_ bytes: [UInt8], _ pdf: PDFText = PDFText()) -> (articles: [Article], problems: [String]) {
        FileArticleReader(languageGuess: CLD2LanguageGuess(), cleaner: TagStripper(), pdf: pdf).articles(from: [
            ArticleFile(path: "manual.pdf", bytes: bytes)
        ])
    }

    @Test(
        "a PDF is read as headings and paragraphs, without what stands on every page",
        .enabled(if: isInstalled || isRequired, "pdftotext is not installed"))
    func text() throws {
        let pages = (1...3).map { page in
            [
                "Acme manual", "", page == 1 ? "Grinder handbook" : "Chapter \(["", "", "two", "three"][page])", "",
                "You can clean the grinder of model \(page) with a dry brush after each use, and", "never with water.",
                "",
                "Page \(page) of 3",
            ]
        }
        let (articles, problems) = read(SmallPDF.bytes(pages))
        #expect(problems == [])
        let article = try #require(articles.first)
        let text = article.passages.map(\.text).joined(separator: "\n")
        #expect(text.contains("with a dry brush after each use, and never with water."))
        #expect(!text.contains("Acme manual"))
        #expect(!text.contains("of 3"))
        #expect(article.passages.last?.headings.last == "Chapter three")
        #expect(article.language == "en")
    }

    @Test(
        "a PDF that is locked, broken, none, or only pictures says what to do",
        .enabled(if: isInstalled || isRequired, "pdftotext is not installed"))
    func problems() {
        #expect(
            read(SmallPDF.bytes([["x"]], encrypted: true)).problems == [
                "manual.pdf: is locked by a password: save it without one"
            ])
        #expect(
            read(SmallPDF.bytes([[]])).problems == [
                "manual.pdf: holds no text, only pictures: let OCR add it (ocrmypdf), or write it as text"
            ])
        #expect(
            read(Array("%PDF-1.4\nnothing".utf8)).problems == [
                "manual.pdf: is broken: open it, save it again, or save it as text"
            ])
        #expect(
            read(Array("PK, a document".utf8)).problems == [
                "manual.pdf: is no PDF, whatever its name: save it again or take it out"
            ])
    }

    @Test(
        "random damage to a PDF ends in text or a problem",
        .enabled(if: isInstalled || isRequired, "pdftotext is not installed"))
    func damage() {
        var random = SystemRandomNumberGenerator()
        let whole = SmallPDF.bytes([["Some text that can be read by everybody."]])
        for _ in 0..<12 {
            var bytes = whole
            for _ in 0..<20 {
                bytes[Int.random(in: 8..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let (articles, problems) = read(bytes)
            #expect(articles.count + problems.count == 1)
        }
    }

    @Test("without the program its package is named")
    func notInstalled() {
        #expect(
            read(SmallPDF.bytes([["x"]]), PDFText(program: "/nowhere/pdftotext")).problems == [
                "manual.pdf: is a PDF, and /nowhere/pdftotext is not installed: install poppler-utils, or save it as text"
            ])
    }

    private func program(_ script: String, time: Duration = .seconds(20), output: Int = 1000) -> LimitedProgram {
        LimitedProgram(words: ["sh", "-c", script], time: time, memory: 200_000_000, outputLimit: output)
    }

    @Test("a child gets all its input and gives all its output, whichever comes first")
    func exchange() throws {
        let input = [UInt8](repeating: 65, count: 1_000_000)
        let echoed = try program("cat", output: 2_000_000).run(input)
        #expect(echoed.output == input)
        let early = try program("echo early; echo why >&2; exit 3").run(input)
        #expect(early.status == 3)
        #expect(early.output == Array("early\n".utf8))
        #expect(early.complaint == "why\n")
    }

    @Test("a child is ended at the limits of time, output and memory, and inherits no open file")
    func limits() throws {
        #expect(throws: LimitedProgram.Failure.tookTooLong) {
            try program("sleep 60", time: .milliseconds(300)).run([])
        }
        #expect(throws: LimitedProgram.Failure.saidTooMuch) { try program("yes").run([]) }
        let hungry = try? program("x=$(head -c 400000000 /dev/zero | tr '\\0' a); echo ${#x}").run([])
        #expect(hungry?.output != Array("400000000\n".utf8))
        let open = try program("ls /proc/self/fd | wc -l").run([])
        #expect(String(decoding: open.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) == "4")
    }
}
