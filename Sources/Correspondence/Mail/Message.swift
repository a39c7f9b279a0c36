// What reading made of a mail: everything later stations know of it.

/// Texts are valid Unicode without NUL, line ends are `\n`. Lists are never absent. What the mail did not say is nil.
package struct Message: Sendable, Codable, Equatable {
    package var messageID: MessageID?
    package var inReplyTo: [MessageID] = []
    /// In the order written, oldest first (RFC 5322 section 3.6.4).
    package var references: [MessageID] = []
    package var subject = ""
    /// The one From. nil when there is none, more than one, or none that is an address.
    package var from: NamedAddress?
    package var sender: NamedAddress?
    package var to: [NamedAddress] = []
    package var cc: [NamedAddress] = []
    package var replyTo: [NamedAddress] = []
    /// Every address this copy was sent or delivered to: To, Cc, Delivered-To, X-Original-To, Envelope-To, Resent-To.
    /// Our reply tokens are looked for here.
    package var recipients: [EmailAddress] = []
    /// The sender's claim; never used to order or to expire anything.
    package var date: Timestamp?
    package var kind: MessageKind = .human
    /// Why `kind` is not `human`: the header or the trait that decided, in words.
    package var kindReason: String?
    /// Whether this may get an automatic answer; false comes with reasons.
    package var answerable = true
    package var answerableReasons: [String] = []
    /// BCP 47, `und` when unsure.
    package var language = "und"
    package var languageCertainty = 0.0
    /// The whole body as plain text.
    package var text = ""
    /// The sender's own new words: `text` without quotes and signature.
    package var newText = ""
    package var signature: String?
    package var quoted: String?
    /// The body as HTML that is safe to show, nil when the mail has none.
    package var html: String?
    package var attachments: [Attachment] = []
    package var bounce: Bounce?
    package var verification = Verification(isVerified: false, reason: "no trusted result")
    /// nil where there is none that can be read.
    package var threadIndex: ThreadIndex?

    package init() {}

    /// In-Reply-To and References together, nearest first, without doubles: what threading follows.
    package var ancestors: [MessageID] {
        var seen: Set<MessageID> = []
        return (inReplyTo + references.reversed()).filter { seen.insert($0).inserted }
    }

    /// What threading follows where the mail names no other.
    package var threadRoot: String? { inReplyTo.isEmpty && references.isEmpty ? threadIndex?.root : nil }
}

/// The first that fits (docs: `try mail`).
package enum MessageKind: String, Sendable, Codable, CaseIterable {
    /// Our own mail, come back.
    case loop
    /// A mail could not be delivered, or is late.
    case bounce
    /// Read receipts, complaints, calendar replies.
    case report
    /// Out-of-office and other automatic answers to a mail.
    case autoReply
    /// Newsletters and notices that no person wrote by hand.
    case bulk
    case human
}

package struct Attachment: Sendable, Codable, Equatable {
    package var name: String?
    /// Media type, lower case: `image/png`.
    package var type: String
    /// Decoded bytes.
    package var size: Int
    package var isInline: Bool
    package var contentID: String?
    /// Position in depth-first order of the parts, to take the bytes out again.
    package var part: Int

    package init(name: String?, type: String, size: Int, isInline: Bool, contentID: String?, part: Int) {
        self.name = name
        self.type = type
        self.size = size
        self.isInline = isInline
        self.contentID = contentID
        self.part = part
    }
}

/// What a delivery status notification says (RFC 3464).
package struct Bounce: Sendable, Codable, Equatable {
    package var recipient: String?
    /// Enhanced status code: `5.1.1`.
    package var status: String?
    package var diagnostic: String?
    package var originalMessageID: MessageID?
    /// RFC 3464's Action in lower case (`failed`, `delayed`), also where only the words of a notice say it.
    package var action: String?

    package init(
        recipient: String?, status: String?, diagnostic: String?, originalMessageID: MessageID?, action: String? = nil
    ) {
        self.action = action
        self.recipient = recipient
        self.status = status
        self.diagnostic = diagnostic
        self.originalMessageID = originalMessageID
    }

    /// Nothing more will come of that mail: the Action says so (RFC 3464 section 2.3.3), else the class of the status;
    /// unknown is final.
    package var isFinal: Bool {
        switch action {
        case "failed": true
        case "delayed": false
        default: !(status ?? "5").hasPrefix("4")
        }
    }
}

/// Whether the From can be believed, by a result that the desk trusts.
package struct Verification: Sendable, Codable, Equatable {
    package var isVerified: Bool
    /// What decided, for humans: `dmarc=pass by mx.acme.example`.
    package var reason: String

    package init(isVerified: Bool, reason: String) {
        self.isVerified = isVerified
        self.reason = reason
    }
}
