// What the team knows: articles to passages, and the search index in memory.

/// Three parts:
///
/// - `Reading/`: `ArticleFolder` takes files from disk within limits, `FileArticleReader` (`ArticleReader`) makes
///   articles of them: front matter, title, language, passages by headings, the customers' own questions apart.
///   `Formats/` knows what is inside: Markdown, plain text, PDF (by `pdftotext`, a limited child process), tables of
///   questions and answers, sitemaps.
/// - `Search/`: `MemoryPassageSearch` (`PassageSearch`) keeps one immutable `SearchIndex` and swaps it whole. The index
///   scores an article by BM25, by the cosine with the sum of its lines and with its best line, and by how much of the
///   question it covers; `DayZero` learns from the articles' own lines what a good answer's raw signals look like.
///
/// HTML comes in through the `HTMLCleaner` that the initialiser is given; nothing here touches a store or the network.
package enum Knowledge {}
