// Templates: the list in the binary is the folder, and every fault stops the start with file, line and nearest name.

import CTemplates
import Correspondence
import Foundation
import Testing

@testable import Reports

struct TemplateTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
        .standardizedFileURL.path

    /// A copy of `templates/` with some files replaced (nil removes).
    private static func edited(_ changes: [String: String?]) throws -> String {
        let copy = FileManager.default.temporaryDirectory.appending(path: "templates-\(UUID().uuidString)").path
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        for (name, text) in changes {
            if let text {
                try text.write(toFile: "\(copy)/\(name)", atomically: true, encoding: .utf8)
            } else {
                try FileManager.default.removeItem(atPath: "\(copy)/\(name)")
            }
        }
        return copy
    }

    private static func fault(_ changes: [String: String?]) throws -> TemplateError? {
        let copy = try edited(changes)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        do {
            _ = try MustacheReportMaker(folder: copy)
            return nil
        } catch {
            return error
        }
    }

    private static func original(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    @Test("the binary carries every file of the folder, byte for byte, and no other")
    func sameAsFolder() throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: Self.folder).filter { $0.contains(".") }
            .sorted()
        #expect(TemplateShelf.builtIn.map(\.name).sorted() == names)
        for file in TemplateShelf.builtIn {
            #expect(file.text == (try Self.original(file.name)))
            #expect(!file.text.isEmpty)
        }
        #expect(Int(ctemplates_count()) == names.count)
    }

    @Test("the templates in the binary and an unchanged copy pass every check")
    func originalsPass() throws {
        _ = try MustacheReportMaker()
        #expect(try Self.fault([:]) == nil)
    }

    @Test("a name that does not exist stops the start with file, line and the nearest name")
    func unknownName() throws {
        let text = try Self.original("report/digest.mustache").replacing("{{period}}", with: "{{periode}}")
        let fault = try #require(try Self.fault(["report/digest.mustache": text]))
        #expect(fault.code == .unknownName)
        #expect(fault.detail.contains("report/digest.mustache:13"))
        #expect(fault.detail.contains("\"period\""))
    }

    @Test("a name inside a list is checked where it stands")
    func unknownNameInList() throws {
        let text = try Self.original("report/ticket-rows.mustache").replacing("{{reason}}", with: "{{raeson}}")
        let fault = try #require(try Self.fault(["report/ticket-rows.mustache": text]))
        #expect(fault.code == .unknownName)
        #expect(fault.detail.contains("ticket-rows.mustache:5"))
        #expect(fault.detail.contains("\"reason\""))
    }

    @Test("a partial that does not exist stops the start")
    func unknownPartial() throws {
        let fault = try #require(
            try Self.fault(["report/ticket-table.mustache": "{{> report/ticket-row}}"]))
        #expect(fault.code == .unknownName)
        #expect(fault.detail.contains("report/ticket-rows"))
    }

    @Test("a section that is not closed stops the start with its line")
    func parseFault() throws {
        let fault = try #require(
            try Self.fault(["mail/notice.mustache": "{{% CONTENT_TYPE:TEXT}}one\n{{#reasons}}\ntwo"]))
        #expect(fault.code == .syntax)
        #expect(fault.detail.contains("mail/notice.mustache:") && fault.detail.contains("never closed"))
        let cut = try #require(try Self.fault(["mail/notice.mustache": "{{% CONTENT_TYPE:TEXT}}one\n{{#broken\n"]))
        #expect(cut.detail.contains("mail/notice.mustache:") && cut.detail.contains("}} is missing"))
    }

    @Test("a value left unescaped in HTML stops the start")
    func unescaped() throws {
        let text = try Self.original("page/tickets.mustache").replacing("{{> page/foot}}", with: "{{{title}}}")
        let fault = try #require(try Self.fault(["page/tickets.mustache": text]))
        #expect(fault.detail.contains("must be escaped"))
    }

    @Test("missing and empty files stop the start")
    func missing() throws {
        #expect(try Self.fault(["mail/reply.mustache": nil as String?])?.code == .missing)
        #expect(try Self.fault(["mail/reply.mustache": "  \n"])?.code == .missing)
        #expect(throws: TemplateError.self) { try MustacheReportMaker(folder: "/nowhere/at/all") }
    }

    @Test("partials that use each other without end are refused")
    func endless() throws {
        let fault = try Self.fault(["report/ticket-table.mustache": "{{> report/ticket-table}}"])
        #expect(fault?.code == .syntax)
    }

    @Test("words: an unknown key, an unknown name and a missing key are told with line and nearest")
    func words() throws {
        let german = try Self.original("words/de.mustache")
        let key = try #require(try Self.fault(["words/de.mustache": german.replacing("close:", with: "clsoe:")]))
        #expect(key.detail.contains("words/de.mustache:6") && key.detail.contains("\"close\""))
        let name = try #require(try Self.fault(["words/de.mustache": german.replacing("{{name}}", with: "{{nmae}}")]))
        #expect(name.detail.contains("\"name\""))
        let short = german.split(separator: "\n").filter { !$0.hasPrefix("close") }.joined(separator: "\n")
        #expect(try Self.fault(["words/de.mustache": short])?.code == .missing)
    }

    @Test("a further language in the folder is spoken")
    func furtherLanguage() throws {
        let english = try Self.original("words/en.mustache").replacing("greeting: Hello", with: "greeting: Moien")
        let copy = try Self.edited(["words/lb.mustache": english])
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let maker = try MustacheReportMaker(folder: copy)
        #expect(
            maker.dress(SampleDesk.reply(language: "lb"), desk: SampleDesk.desk).text.hasPrefix("Moien Anna Smith,"))
    }
}
