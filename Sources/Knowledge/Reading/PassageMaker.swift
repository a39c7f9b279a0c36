// The blocks of an article cut into passages by its headings.

import Correspondence

/// Never more than `passageLimit` and one; the reader says so where it cuts.
struct PassageMaker {
    /// A section longer than this is cut between two of its lines.
    static let characterLimit = 1500
    /// Passages of one article.
    static let passageLimit = 2000

    private(set) var passages: [Passage] = []
    private var stack: [(level: Int, text: String)] = []
    private var lines: [(text: String, isItem: Bool)] = []

    /// `title` is left out of the headings, which would only repeat it.
    static func passages(of blocks: [TextBlock], title: String) -> [Passage] {
        var maker = PassageMaker()
        for block in blocks {
            switch block {
            case .heading(let level, let text):
                maker.flush()
                maker.stack.removeAll { $0.level >= level }
                if text.lowercased() != title.lowercased() || !maker.stack.isEmpty { maker.stack.append((level, text)) }
            case .line(let text, let isItem):
                maker.lines.append((text, isItem))
            }
        }
        maker.flush()
        return maker.passages
    }

    private mutating func flush() {
        defer { lines.removeAll() }
        guard !lines.isEmpty, passages.count <= Self.passageLimit else { return }
        let headings = stack.map(\.text)
        if Self.areQuestions(lines, under: headings.last) {
            let text = lines.map(\.text).joined(separator: "\n")
            passages.append(Passage(headings: headings, text: text, purpose: .questions))
            return
        }
        var text = ""
        for line in lines {
            if !text.isEmpty, text.count + line.text.count > Self.characterLimit {
                passages.append(Passage(headings: headings, text: text, purpose: .answer))
                text = ""
            }
            text += text.isEmpty ? line.text : "\n" + line.text
        }
        passages.append(Passage(headings: headings, text: text, purpose: .answer))
    }

    /// A list whose items are mostly questions, or any list under a heading that says so: what customers ask.
    static func areQuestions(_ lines: [(text: String, isItem: Bool)], under heading: String?) -> Bool {
        guard lines.allSatisfy(\.isItem) else { return false }
        if let heading, headings.contains(where: { heading.lowercased().hasPrefix($0) }) { return true }
        let asked = lines.filter { line in
            line.text.unicodeScalars.last.map { "?？؟\u{37E}".unicodeScalars.contains($0) } ?? false
        }
        return lines.count >= 2 && asked.count * 2 >= lines.count
    }

    private static let headings = [
        "questions customers ask", "customer questions", "customers ask", "questions from customers",
        "example questions", "fragen von kunden", "fragen, die kund", "fragen unserer kund", "kundenfragen",
        "so fragen kund",
        "beispielfragen", "questions des clients", "questions de clients", "questions posées par",
        "exemples de questions", "preguntas de clientes", "preguntas de los clientes", "domande dei clienti",
        "vragen van klanten", "klantvragen", "perguntas de clientes", "perguntas dos clientes", "pytania klientów",
        "お客様からの質問", "お客様の質問", "よくあるご質問の例", "أسئلة العملاء", "客户提问", "客户的问题", "вопросы клиентов",
        "müşteri soruları", "kundfrågor", "kundespørgsmål", "kundespørsmål", "otázky zákazníků", "고객 질문",
    ]
}
