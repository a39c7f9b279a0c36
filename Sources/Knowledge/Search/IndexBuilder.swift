// Articles made into the arrays of an index.

import Correspondence
import Language

/// A *unit* is what is scored: a whole article, or each section of a long one, since the sum of many topics' lines fits
/// no question. A *line* is a title, a heading, a line, or a sentence of a long line.
struct IndexBuilder {
    /// An article with more text for answers than this is scored section by section.
    static let unitLimit = 5000
    /// A line longer than this is taken sentence by sentence.
    static let lineLimit = 240
    /// Titles count twice in BM25.
    static let titleWeight = 2

    /// BM25's saturation and length normalisation.
    static let k1 = 1.2
    static let b = 0.75

    struct Line {
        var unit: Int
        /// Index among the article's answer passages; -1 for titles and questions.
        var passage: Int
        var isQuestion: Bool
        var isTitle: Bool
        var features: [(id: Int, count: Int)]
        /// Empty where no vectors are wanted.
        var text: String
    }

    private let analyzer: any Analyzer
    private let keepsTexts: Bool
    private var vocabulary: [String: Int] = [:]
    private var isWord: [Bool] = []
    private var articles: [Article] = []
    private var unitArticle: [Int] = []
    private var lines: [Line] = []

    private init(analyzer: any Analyzer, keepsTexts: Bool) {
        self.analyzer = analyzer
        self.keepsTexts = keepsTexts
    }

    static func build(_ articles: [Article], analyzer: any Analyzer) -> SearchIndex {
        build(articles, analyzer: analyzer, keepsTexts: false).finish()
    }

    /// The index, and its lines as texts.
    static func buildWithTexts(_ articles: [Article], analyzer: any Analyzer) -> (SearchIndex, LineTexts) {
        let builder = build(articles, analyzer: analyzer, keepsTexts: true)
        let texts = builder.lines.map { line in
            (
                article: builder.unitArticle[line.unit], isPreferred: line.isTitle || line.isQuestion, text: line.text
            )
        }
        return (builder.finish(), LineTexts(texts))
    }

    private static func build(_ articles: [Article], analyzer: any Analyzer, keepsTexts: Bool) -> IndexBuilder {
        var builder = IndexBuilder(analyzer: analyzer, keepsTexts: keepsTexts)
        for article in articles.sorted(by: { $0.path < $1.path }) { builder.add(article) }
        return builder
    }

    private mutating func add(_ article: Article) {
        articles.append(article)
        let answers = article.passages.filter { $0.purpose == .answer }
        let questions = article.passages.filter { $0.purpose == .questions }
        let length = answers.reduce(0) { $0 + $1.text.utf8.count }
        if answers.count > 1, length > Self.unitLimit {
            for (index, passage) in answers.enumerated() {
                let unit = addUnit(article)
                addLines(of: passage, index: index, to: unit, article)
            }
            if !questions.isEmpty {
                let unit = addUnit(article)
                for passage in questions { addLines(of: passage, index: -1, to: unit, article) }
            }
        } else {
            let unit = addUnit(article)
            for (index, passage) in answers.enumerated() { addLines(of: passage, index: index, to: unit, article) }
            for passage in questions { addLines(of: passage, index: -1, to: unit, article) }
        }
    }

    private mutating func addUnit(_ article: Article) -> Int {
        unitArticle.append(articles.count - 1)
        let unit = unitArticle.count - 1
        addLine(article.title, unit: unit, passage: -1, isQuestion: false, isTitle: true, article)
        return unit
    }

    private mutating func addLines(of passage: Passage, index: Int, to unit: Int, _ article: Article) {
        let isQuestion = passage.purpose == .questions
        if let heading = passage.headings.last, !isQuestion {
            addLine(heading, unit: unit, passage: index, isQuestion: false, isTitle: false, article)
        }
        for line in passage.text.split(separator: "\n") {
            let pieces =
                line.utf8.count > Self.lineLimit ? analyzer.sentences(of: String(line)) : [String(line)]
            for piece in pieces {
                addLine(piece, unit: unit, passage: index, isQuestion: isQuestion, isTitle: false, article)
            }
        }
    }

    private mutating func addLine(
        _ text: String, unit: Int, passage: Int, isQuestion: Bool, isTitle: Bool, _ article: Article
    ) {
        var counts: [Int: Int] = [:]
        for feature in analyzer.features(of: text, language: article.language) {
            counts[identify(feature), default: 0] += 1
        }
        guard !counts.isEmpty else { return }
        let features = counts.map { (id: $0.key, count: $0.value) }.sorted { $0.id < $1.id }
        lines.append(
            Line(
                unit: unit, passage: passage, isQuestion: isQuestion, isTitle: isTitle, features: features,
                text: keepsTexts ? text : ""))
    }

    private mutating func identify(_ feature: String) -> Int {
        if let known = vocabulary[feature] { return known }
        let id = isWord.count
        vocabulary[feature] = id
        isWord.append(feature.utf8.first != UInt8(ascii: "#"))
        return id
    }

    private func finish() -> SearchIndex {
        // Lines of one unit stand together, since units are added one after the other.
        var unitCounts: [[Int: Int]] = Array(repeating: [:], count: unitArticle.count)
        for line in lines {
            let weight = line.isTitle ? Self.titleWeight : 1
            for (id, count) in line.features { unitCounts[line.unit][id, default: 0] += count * weight }
        }
        let lengths = unitCounts.map { counts in counts.values.reduce(0, +) }
        let average = max(1, Double(lengths.reduce(0, +)) / Double(max(1, lengths.count)))
        var postings: [[Posting]] = Array(repeating: [], count: isWord.count)
        var unitNorm: [Double] = []
        for (unit, counts) in unitCounts.enumerated() {
            let norm = Self.k1 * (1 - Self.b + Self.b * Double(lengths[unit]) / average)
            unitNorm.append(norm)
            for (id, count) in counts {
                let impact = Double(count) * (Self.k1 + 1) / (Double(count) + norm)
                postings[id].append(Posting(unit: Int32(unit), impact: Float(impact)))
            }
        }
        return SearchIndex(
            articles: articles, unitArticle: unitArticle, unitNorm: unitNorm, vocabulary: vocabulary, isWord: isWord,
            postings: postings, lines: lines, analyzer: analyzer)
    }
}

/// That a unit holds a feature, and what it adds to the unit's BM25 before the feature's idf.
struct Posting {
    var unit: Int32
    var impact: Float
}
