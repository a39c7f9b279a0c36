// `deskbridge evaluate`: what the desk as it stands would make of many questions, and how often it would be right.

import Answering
import ArgumentParser
import Correspondence
import Foundation
import Gateway
import Reports

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Replay questions or stored mail: how many would be answered, and how many rightly.",
        discussion: """
            FILES hold questions (.csv with a line of column names, .json, .jsonl) or mails (.eml, mbox, Maildir). A \
            question may say which article answers it: "article" is its path within the knowledge folder, empty (null) \
            where none does, and without it the question is counted and not judged. "language", "topic", "subject" and \
            "name" may stand beside it. Provider, threshold and rules are those of --config. Nothing is sent or kept; \
            a provider that costs is paid for every question.

            Without --output the figures are shown as text. A file gets one self-contained HTML page, or with --json \
            one object a question and a last one with the figures; --against compares with such a file.

            Example: deskbridge evaluate questions.csv --knowledge faq --output evaluation.html
            """)

    @Argument(help: "Files of questions or of mails.")
    var files: [String] = []

    @Flag(help: "The first messages of the desk's own conversations.")
    var stored = false

    @Option(help: ArgumentHelp("The settings file; without it deskbridge.yaml, if there is one.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Folder or file of articles; may be given more than once.", valueName: "dir"))
    var knowledge: [String] = []

    @Option(help: ArgumentHelp("Send from this confidence on, instead of the settings'.", valueName: "0 to 1"))
    var threshold: Double?

    @Option(help: ArgumentHelp("The accuracy that the advised threshold keeps.", valueName: "0 to 1"))
    var wanted = Evaluator.usualAccuracy

    @Option(help: ArgumentHelp("An earlier run (--json) to compare with.", valueName: "file"))
    var against: String?

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String?

    @OptionGroup var json: JSONOption

    func validate() throws {
        guard stored || !files.isEmpty else { throw ValidationError("name a file of questions or mails, or --stored") }
        guard threshold.map({ (0...1).contains($0) }) ?? true else {
            throw ValidationError("--threshold takes a number from 0 to 1")
        }
        guard wanted > 0, wanted < 1 else { throw ValidationError("--wanted takes a number between 0 and 1") }
    }

    func run() async throws {
        let settings = try SettingsFile.load(config)
        let before = try against.map(EvaluationLines.read)
        var source = EvaluationSource(messageLimit: settings.limits.messageSize)
        try await source.add(files)
        if stored { try await addStored(to: &source, settings) }
        for problem in source.problems { Terminal.complain(problem) }
        guard !source.questions.isEmpty else { throw Complaint(.data, "there is no question to evaluate") }
        let (run, limit, embeddings) = try await makeRun(settings)
        let answers = await run.answers(to: source.questions)
        await embeddings?.stop()
        let evaluation = Evaluator.evaluate(
            answers, answerer: run.drafter.answerer.name, threshold: limit, wanted: wanted)
        let changes = before.map { EvaluationComparison.changes(from: $0, to: answers) }
        try write(answers, evaluation, changes, settings)
    }

    private func makeRun(_ settings: Settings) async throws -> (EvaluationRun, threshold: Double, Embeddings?) {
        let isDesk = settings.file != nil
        var options = QuestionOptions()
        options.knowledge = knowledge
        options.limit = GatewayPolicy.articles
        let (search, known, embeddings) = try await options.knowledge(
            orElse: settings.knowledge, languages: isDesk ? settings.desk.languages : [],
            embeddings: settings.answering.embeddings, settings: settings)
        let threshold = threshold ?? settings.answering.confidence
        func decider(_ threshold: Double) -> Decider {
            Decider(policy: GatewayPolicy(desk: settings.desk, threshold: threshold))
        }
        let languages = isDesk ? settings.desk.languages : known
        let guess = try await Parts.guess(for: settings)
        let drafter = QuestionDrafter(
            guess: guess, search: search, answerer: try Wiring.answerer(settings, guess: guess), desk: settings.desk,
            languages: languages, limit: options.limit, isDesk: isDesk, decider: decider(threshold))
        return (
            EvaluationRun(drafter: drafter, anyConfidence: decider(0), deskLanguages: languages), threshold, embeddings
        )
    }

    private func addStored(to source: inout EvaluationSource, _ settings: Settings) async throws {
        func call(_ cursor: String?) -> DeskCall {
            .conversations(status: nil, search: "", customer: nil, cursor: cursor)
        }
        var lines: [String] = []
        try await ClerkDoor.with(settings) { door in
            let request = DeskRequest(call: call(nil), asJSON: true, by: "evaluate")
            try await door.each(request, next: { call($0) }) { lines.append($0) }
        }
        for (index, line) in lines.enumerated() { source.addLine(line, from: "conversation \(index + 1)") }
    }

    private func write(
        _ answers: [EvaluatedAnswer], _ evaluation: Evaluation, _ changes: [EvaluationChange]?, _ settings: Settings
    ) throws {
        let sink = try OutputFile(output, saysWhere: true)
        if json.isOn {
            for line in EvaluationLines.lines(answers, evaluation, changes) { try sink.write(line + "\n") }
        } else if output == nil {
            for line in EvaluationText.lines(evaluation, answers, changes) {
                try sink.write(Terminal.wrap(line, to: Terminal.width).joined(separator: "\n") + "\n")
            }
        } else {
            let page = try MustacheReportMaker(folder: settings.templates).evaluation(
                evaluation, answers, changes, desk: settings.desk, madeAt: Surroundings.system.now())
            try sink.write(page)
        }
        try sink.finish()
    }
}
