// Mails of the corpus that we consciously do not read as claimed yet, each with its reason.

/// By folder and name. Held strictly: a mail that is listed here and reads as claimed fails the test.
enum KnownFailures {
    static let reasons: [String: String] = [
        "clients/uuencode-inline": "files within the text are not taken out of it yet; the words are all there",
        "clients/yenc-inline": "files within the text are not taken out of it yet; the words are all there",
    ]
}
