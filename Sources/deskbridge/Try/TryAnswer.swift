// `try answer`: the draft a question would get, how sure it is, and what would become of it.

import ArgumentParser
import Correspondence
import Foundation
import Gateway

struct TryAnswer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Draft an answer from a knowledge folder and say whether it would be sent.",
        discussion: """
            Provider, threshold, rules and the folders of knowledge are those of --config, or of deskbridge.yaml if \
            there is one; without either the built-in answerer drafts and the usual threshold decides. The store is not \
            opened: articles that `knowledge add` put there are not among the knowledge. The reply is the body alone: \
            greeting, close and notice are added at delivery. Nothing is sent or kept.

            Example: deskbridge try answer "How long does delivery take?" --knowledge faq
            """)

    @Argument(help: "Questions, each in quotes.")
    var question: [String] = []

    @Option(help: ArgumentHelp("The settings file; without it deskbridge.yaml, if there is one.", valueName: "file"))
    var config: String?

    @OptionGroup var questions: QuestionOptions
    @OptionGroup var json: JSONOption

    func run() async throws {
        let settings = try SettingsFile.load(config)
        let isDesk = settings.file != nil
        let guess = try await Parts.guess(for: settings)
        let source = try questions.source(question)
        let answerer = try Wiring.answerer(settings, guess: guess)
        let (search, known, embeddings) = try await questions.knowledge(
            orElse: settings.knowledge, languages: isDesk ? settings.desk.languages : [], guess: guess,
            embeddings: questions.embeddings(orElse: settings.answering.embeddings), settings: settings)
        let languages = isDesk ? settings.desk.languages : known
        let drafter = QuestionDrafter(
            guess: guess, search: search, answerer: answerer, desk: settings.desk, languages: languages,
            limit: questions.limit, isDesk: isDesk,
            decider: Decider(policy: GatewayPolicy(desk: settings.desk, threshold: settings.answering.confidence)))
        let isJSON = json.isOn
        await OrderedWork<String, [UInt8]>(batch: 4).run(
            source,
            transform: { question in
                do {
                    let (draft, decision) = try await drafter.draft(question)
                    return Array(
                        (isJSON
                            ? Self.object(question, draft, decision).line + "\n" : Self.text(question, draft, decision))
                            .utf8)
                } catch {
                    return TryFailure(key: "query", file: question, error: "\(error)").bytes(
                        isJSON: isJSON, others: ["reply", "language", "confidence", "decision", "cost"],
                        lists: ["reasons", "sources"])
                }
            },
            emit: { Terminal.write(Array($0.joined())) })
        await embeddings?.stop()
    }

    private static func object(_ question: String, _ draft: Draft, _ decision: Decision) -> JSON {
        let sources = draft.sources.map {
            JSON.object([("article", .string($0.article)), ("quote", .string($0.quote))])
        }
        return .object([
            ("query", .string(question)), ("reply", draft.reply.isEmpty ? .null : .string(draft.reply)),
            ("language", .string(draft.language)), ("confidence", .double(draft.confidence)),
            ("decision", .string(decision.verdict.rawValue)), ("reasons", .texts(decision.reasons)),
            ("sources", .array(sources)), ("cost", .number(draft.cost)),
        ])
    }

    private static func text(_ question: String, _ draft: Draft, _ decision: Decision) -> String {
        let sources = draft.sources.map { "\($0.title) (\($0.article))" }
        return [
            Terminal.field("question", question), Terminal.field("language", draft.language),
            Terminal.field("reply", draft.reply.isEmpty ? "(none)" : draft.reply),
            Terminal.field("confidence", Decider.percent(draft.confidence)),
            Terminal.field("decision", decision.verdict.rawValue),
            Terminal.field("because", decision.reasons.joined(separator: "\n")),
            Terminal.field(
                "sources", Array(NSOrderedSet(array: sources)).compactMap { $0 as? String }.joined(separator: "\n")),
            Terminal.field("cost", draft.cost.map { String(format: "%.4f USD", $0) } ?? "unknown"), "\n",
        ].joined()
    }
}
