// `try language`: which language each line is in.

import ArgumentParser
import Correspondence
import Foundation
import Synchronization

struct TryLanguage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "language",
        abstract: "Tell the language of each line of text.",
        discussion: """
            One text a line in; out come its language (BCP 47, "und" when unsure) and the certainty from 0 to 1. A text \
            in quotes is taken as it is. Where it says "und" a desk takes the language of the conversation before it, \
            and where there is none its fallback-language.

            Example: deskbridge try language --among en,de "Wo bleibt meine Ware?"
            """)

    @Argument(help: "A file of texts, one a line; - for standard input; or a text in quotes.")
    var file = "-"

    @Option(help: "Only these languages may be found, as codes with commas: en,de,pt.")
    var among: String?

    @Option(help: ArgumentHelp("A fastText model, as language.model of the settings names it.", valueName: "file"))
    var model: String?

    @OptionGroup var json: JSONOption

    func run() async throws {
        let languages = try (among ?? "").split(separator: ",").map { code in
            try OptionText.parse("--among", code.trimmingCharacters(in: .whitespaces), SettingsText.language)
        }
        // No file has such a name, and who asks for one language types no file.
        let isText = file.contains(" ") && !FileManager.default.fileExists(atPath: file)
        let lines = isText ? nil : LineSource(file)
        guard isText || lines != nil else {
            throw Complaint(.noInput, "\(file): cannot be read; check the name and who may read it")
        }
        let source = QuestionSource(isText ? [file] : [], then: lines)
        let unsure = Atomic(false)
        let guess = try await Parts.guess(model: model ?? "")
        let isJSON = json.isOn
        let restriction = languages
        await OrderedWork<String, [UInt8]>(batch: 64).run(
            source,
            transform: { text in
                let verdict = guess.guess(text, among: restriction)
                if verdict.language == "und" { unsure.store(true, ordering: .relaxed) }
                var bytes: [UInt8] = []
                if isJSON {
                    JSON.object([
                        ("language", .string(verdict.language)), ("certainty", .double(verdict.certainty)),
                    ]).write(to: &bytes)
                } else {
                    let certainty = String(format: "%.2f", verdict.certainty)
                    let code = verdict.language.padding(toLength: 8, withPad: " ", startingAt: 0)
                    bytes += "\(code)\(certainty)  \(Terminal.cut(text, to: Terminal.width - 14))".utf8
                }
                bytes.append(0x0A)
                return bytes
            },
            emit: { Terminal.write(Array($0.joined())) })
        if !isJSON, unsure.load(ordering: .relaxed) {
            Terminal.note(
                "und: too short or too mixed to tell. A desk answers such a text in the language of the conversation\n"
                    + "before it, and where there is none in its fallback-language (en unless set).")
        }
    }
}
