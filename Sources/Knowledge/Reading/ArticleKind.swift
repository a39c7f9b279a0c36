// What a knowledge file is, by its name, and how much of it is read.

/// Every limit of the knowledge base's readers. What passes one is left out and named.
package enum ArticleLimits {
    /// Bytes of a file of Markdown, HTML, text or keys.
    package static let text = 2_000_000
    /// Bytes of a PDF.
    package static let pdf = 50_000_000
    /// Bytes of a table or a sitemap.
    package static let table = 20_000_000
    /// Rows of a table.
    static let rows = 20_000
    /// Articles of all files together.
    static let articles = 50_000
    /// Addresses of a sitemap (what its protocol allows).
    static let addresses = 50_000
    /// Bytes of the text of a PDF.
    static let pdfText = 4_000_000
    /// How long a PDF may take, and how much memory.
    static let pdfTime = Duration.seconds(20)
    static let pdfMemory = 1_000_000_000
    /// Languages, tags and the like as a problem line shows them.
    static let shown = 10
}

enum ArticleKind {
    case markdown, text, html, pdf, table, sitemap, keys

    init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        switch name[name.index(after: dot)...].lowercased() {
        case "md", "markdown": self = .markdown
        case "txt", "text": self = .text
        case "html", "htm", "xhtml": self = .html
        case "pdf": self = .pdf
        case "csv", "tsv": self = .table
        case "xml": self = .sitemap
        case "yaml", "yml": self = .keys
        default: return nil
        }
    }

    /// Bytes.
    var sizeLimit: Int {
        switch self {
        case .markdown, .text, .html, .keys: ArticleLimits.text
        case .pdf: ArticleLimits.pdf
        case .table, .sitemap: ArticleLimits.table
        }
    }
}
