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
/// - `Vectors/`: what an `Embedder` adds: `VectorKeeper` brings the lines' vectors, kept ones first; `LineVectors` holds
///   them; `QuestionVectors` asks for a question's with a short limit; `VectorFusion` puts both scores together. Without
///   an embedder nothing of it is there.
///
/// HTML comes in through the `HTMLCleaner` that the initialiser is given; nothing here touches the network, and a store
/// only through the seam that keeps vectors.
package enum Knowledge {}
