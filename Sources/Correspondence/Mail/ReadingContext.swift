// What a reader must know of the desk to judge a mail.

package struct ReadingContext: Sendable, Equatable {
    /// Our own addresses, without detail. Mail from them is a loop.
    package var ownAddresses: [EmailAddress]
    /// The domain of our Message-IDs; nil where there is no desk (`try mail`).
    package var messageIDDomain: String?
    /// Our groups: list headers of these addresses do not count.
    package var lists: [EmailAddress]
    /// Web forms that write for customers.
    package var forms: [EmailAddress]
    package var trust: AuthenticationTrust
    /// Languages a mail is rather found to be in than in others; empty means any.
    package var languages: [String]
    /// Whether a mail that does not name us in To, Cc or Resent-To is kept from an automatic answer (RFC 5230
    /// section 4.5).
    package var requiresOwnAddress: Bool

    package init(
        ownAddresses: [EmailAddress] = [], messageIDDomain: String? = nil, lists: [EmailAddress] = [],
        forms: [EmailAddress] = [], trust: AuthenticationTrust = .nobody, languages: [String] = [],
        requiresOwnAddress: Bool = false
    ) {
        self.ownAddresses = ownAddresses
        self.messageIDDomain = messageIDDomain
        self.lists = lists
        self.forms = forms
        self.trust = trust
        self.languages = languages
        self.requiresOwnAddress = requiresOwnAddress
    }
}

/// Whose `Authentication-Results` (RFC 8601) are believed.
package enum AuthenticationTrust: Sendable, Equatable {
    case nobody
    /// Results by these authserv-ids, and only above the `Received` of the hop where the mail came in from outside.
    /// `below` says that these servers write their results directly below their own `Received`, and always write some:
    /// otherwise a sender's forgery stands in that place. (`mx.google.com` is known to, without it.)
    case servers([String], below: Bool = false)
    /// The topmost header, whoever it names: for providers that leave the name out.
    case firstPosition
    /// The channel itself vouches (import with `--verified`, a vendor's checked signature).
    case everyone
}
