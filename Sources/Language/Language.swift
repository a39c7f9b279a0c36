// Which language a text is in, and the terms that search works with.

/// Three doors to C behind two seams of Correspondence:
///
/// - `CLD2LanguageGuess` and `FastTextLanguageGuess` (`LanguageGuess`) share `GuessRule`: it cleans the text
///   (`CleanText`), lets the script decide where it can (`ScriptCensus`), asks a detector for the rest, of the writer's own
///   words first (`OwnWords`), and keeps the answer within the desk's languages (`LanguageCode`).
/// - `SnowballAnalyzer` (`Analyzer`): folds (`Folding`), stems (`StemmerPool`) and splits (`WordScanner`,
///   `SentenceScanner`). Passages and questions go through the same function, or they would not meet.
package enum Language {}
