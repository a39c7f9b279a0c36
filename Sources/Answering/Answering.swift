// What drafts a reply: from the team's own sentences, or by a model behind a guard.

/// - `BuiltIn/`: `BuiltInAnswerer` quotes whole sentences of the best article; nothing is invented, so nothing needs to
///   be guarded. `BuiltInConfidence` judges the search's raw signals by one conservative rule.
/// - `Models/`: `ModelAnswerer` asks a provider over `HTTPClient`: `Prompt` marks what is data, `ModelProvider` maps
///   requests and answers, `RetryRule` decides what is tried again, `PriceTable` what it cost.
/// - `Guard/`: `DraftGuard` looks at a model's draft after the model: quotes, facts, links, language, prompt leaks. What
///   fails goes to a human with the reason; no partial text leaves.
///
/// `Answerers.make` makes the one that the settings name.
package enum Answering {}
