// Which conversation a message belongs to: the pure rule that the gateway, the stores and `try threads` share.

/// The rule (docs/architecture.md, conversation). In order:
///
/// 1. **Our signed token** in the reply address, In-Reply-To or References. From a participant it joins, verified or
///    not (an unverified message is marked and gets no automatic answer). From anybody else the message is *held*: a
///    new conversation, linked, for a human.
/// 2. **References and In-Reply-To**, or where a mail has neither 3. **the Thread-Index** with the same root, 4. **the
///    tag** in the subject, 5. **the same subject** behind a reply prefix with a common participant within 14 days: these
///    join only for a verified participant. For anyone else they open a new, linked conversation.
///
/// A participant is the customer, or someone a verified customer put in To or Cc. The desk's own addresses never count.
package enum Threading {
    /// What the rule looks at in the message.
    package struct Subject: Sendable, Equatable {
        package var sender: EmailAddress?
        package var isVerified: Bool
        /// The channel itself proved that the customer of the token's conversation writes (the chat's token).
        package var isBearer: Bool

        package init(sender: EmailAddress?, isVerified: Bool, isBearer: Bool = false) {
            self.sender = sender
            self.isVerified = isVerified
            self.isBearer = isBearer
        }
    }

    /// What the rule looks at in a conversation that could be meant.
    package struct Candidate: Sendable, Equatable {
        package var conversation: ConversationID
        package var customer: EmailAddress?
        package var participants: [EmailAddress]

        package init(conversation: ConversationID, customer: EmailAddress?, participants: [EmailAddress]) {
            self.conversation = conversation
            self.customer = customer
            self.participants = participants
        }
    }

    package enum Evidence: String, Sendable, Codable {
        case token, references, threadIndex, tag, subject
    }

    package enum Placement: Sendable, Equatable {
        case join(ConversationID, as: SupportMessage.AuthorKind, by: Evidence)
        /// `held`: a stranger showed a token; only a human may go on.
        case open(linkedTo: ConversationID?, isHeld: Bool)
    }

    /// How long the same subject may join.
    package static let subjectWindow = Duration.days(14)

    /// `candidates` in the order of strength; only the first of each kind is given.
    package static func place(
        _ subject: Subject, candidates: [(evidence: Evidence, candidate: Candidate)]
    ) -> Placement {
        var link: ConversationID?
        for (evidence, candidate) in candidates {
            if evidence == .token, subject.isBearer {
                return .join(candidate.conversation, as: .customer, by: .token)
            }
            let role = role(of: subject.sender, in: candidate)
            if let role, evidence == .token || subject.isVerified {
                return .join(candidate.conversation, as: role, by: evidence)
            }
            if evidence == .token { return .open(linkedTo: candidate.conversation, isHeld: true) }
            // The same words in a subject prove nothing of a stranger: no link either.
            if link == nil, evidence != .subject || role != nil { link = candidate.conversation }
        }
        return .open(linkedTo: link, isHeld: false)
    }

    private static func role(of sender: EmailAddress?, in candidate: Candidate) -> SupportMessage.AuthorKind? {
        guard let sender else { return nil }
        if sender == candidate.customer { return .customer }
        return candidate.participants.contains(sender) ? .participant : nil
    }
}
