// `try language`: which language each line is in.

import ArgumentParser
import Correspondence
import Foundation
import Language

struct TryLanguage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "language",
        abstract: "Tell the language of each line of text.",
        discussion: """
            One text a line in; out come its language (BCP 47, "und" when unsure) and the certainty from 0 to 1.

            Example: echo "Wo bleibt meine Lieferung?" | deskbridge try language --among en,de,fr -
            """)

    @Argument(help: "A file of texts, one a line, or - for standard input.")
    var file = "-"

    @Option(help: "Only these languages may be found, as codes with commas: en,de,pt.")
    var among: String?

    @OptionGroup var json: JSONOption

    func run() async throws {
        let languages = try (among ?? "").split(separator: ",").map { code in
            try OptionText.parse("--among", code.trimmingCharacters(in: .whitespaces), SettingsText.language)
        }
        guard let source = LineSource(file) else {
            throw Complaint(.noInput, "\(file): cannot be read; check the name and who may read it")
        }
        let guess = CLD2LanguageGuess()
        let isJSON = json.isOn
        let restriction = languages
        await OrderedWork<String, [UInt8]>(batch: 64).run(
            source,
            transform: { text in
                let verdict = guess.guess(text, among: restriction)
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
    }
}
