// What drafts a reply: from the team's own sentences, or by a model behind a guard.

/// - `BuiltIn/`: `BuiltInAnswerer` quotes whole sentences of the best article; nothing is invented, so nothing needs to
///   be guarded. `BuiltInConfidence` judges the search's raw signals by one conservative rule.
/// - `Models/`: `ModelAnswerer` asks one provider over `HTTPClient`; `Prompt` marks what is data. `AnswererChain` goes on
///   to the next when one fails, and leaves a provider alone that keeps failing (`ProviderBreaker`).
/// - `Providers/`: one `ModelProvider` an interface maps requests and answers; `RetryRule` decides what is tried again.
/// - `Cost/`: `PriceTable` knows what it cost, or that nobody knows.
/// - `Guard/`: `DraftGuard` looks at a model's draft after the model: quotes, facts, links, language, prompt leaks. What
///   fails goes to a human with the reason; no partial text leaves.
/// - `Embeddings/`: `HTTPEmbedder` makes vectors of texts by a server: `EmbeddingAddress` says which, `EmbeddingPrefix` what
///   its model wants before a text, `EmbeddingWire` writes and reads.
///
/// `Answerers.make` makes the one that the settings name.
package enum Answering {}
