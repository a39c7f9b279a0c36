// Which language a text is in, and the terms that search works with.

/// Two doors to C behind two seams of Correspondence:
///
/// - `CLD2LanguageGuess` (`LanguageGuess`): cleans the text (`CleanText`), lets the script decide where it can
///   (`ScriptCensus`), asks CLD2 for the rest, and keeps the answer within the desk's languages (`LanguageCode`).
/// - `SnowballAnalyzer` (`Analyzer`): folds (`Folding`), stems (`StemmerPool`) and splits (`WordScanner`,
///   `SentenceScanner`). Passages and questions go through the same function, or they would not meet.
package enum Language {}
