// Mails of the corpus that we consciously do not read as claimed yet, each with its reason.

/// By folder and name. Held strictly: a mail that is listed here and reads as claimed fails the test.
enum KnownFailures {
    static let reasons: [String: String] = [
        "clients/alternative-text-is-excuse": "not read so yet: newText",
        "clients/appledouble": "not read so yet: attachments",
        "clients/charset-iso-2022-jp-halfwidth": "not read so yet: newText",
        "replies/forward-iphone-de": "not read so yet: newText",
        "clients/charset-shift_jis-raw-headers": "not read so yet: from, subject, to",
        "replies/forward-thunderbird-en": "not read so yet: newText",
        "clients/html-nested-blockquotes-content": "not read so yet: newText",
        "clients/name-both-parameters": "not read so yet: attachments",
        "clients/name-raw-cp1251": "not read so yet: attachments",
        "replies/gmail-hu": "not read so yet: newText",
        "clients/pgp-inline-signed": "not read so yet: newText",
        "clients/uuencode-inline": "not read so yet: attachments, newText",
        "clients/yenc-inline": "not read so yet: newText",
        "replies/gmx-de": "not read so yet: newText",
        "replies/html-blockquote-is-content": "not read so yet: newText",
        "replies/looks-like-header-from-our-point": "not read so yet: newText",
        "replies/looks-like-log-first-mail": "not read so yet: newText",
        "replies/looks-like-quote-shell-log": "not read so yet: newText",
        "replies/mutt-interleaved": "not read so yet: newText, quoted",
        "replies/outlook-answers-in-red": "not read so yet: newText",
        "replies/outlook-he": "not read so yet: from, subject, to",
        "replies/proton-en": "not read so yet: newText, signature",
        "replies/qq-zh": "not read so yet: newText",
        "replies/samsung-de": "not read so yet: newText, signature",
        "replies/signature-dashes-in-text": "not read so yet: newText",
        "replies/signature-is-question": "not read so yet: newText",
        "replies/signature-underscores": "not read so yet: newText, signature",
        "replies/signature-with-ps": "not read so yet: newText",
        "replies/yahoo-android-en": "not read so yet: newText, signature",
        "replies/zoho-en": "not read so yet: newText",
    ]
}
