// The desk: one support identity and its rules, as the settings give it.

package struct DeskProfile: Sendable, Equatable {
    package enum ReplyAddress: String, Sendable, Codable {
        /// `support+token@…`
        case plus
        /// The token stands in the Message-ID alone.
        case none
    }
    /// A matter that always goes to a human.
    package struct Topic: Sendable, Equatable {
        package var name: String
        /// Found as whole words, whatever their case and accents; the part of a longer word in scripts without blanks.
        package var words: [String]
        /// Only when the message names an amount above this; nil is always.
        package var over: Double?

        package init(name: String, words: [String], over: Double? = nil) {
            self.name = name
            self.words = words
            self.over = over
        }
    }
    /// The desk's id in every row; one desk for now.
    package var id = "desk"
    package var name: String
    package var address: EmailAddress
    package var languages: [String]
    package var fallbackLanguage: String
    /// IANA name of the zone that days and times in reports are told in.
    package var timezone: String
    package var replyAddress: ReplyAddress
    package var topicsForHumans: [Topic]
    package var forms: [EmailAddress]
    package var lists: [EmailAddress]
    package var links: [String]
    package var tag: Bool

    package init(
        name: String, address: EmailAddress, languages: [String] = ["en"], fallbackLanguage: String = "en",
        timezone: String = "UTC", replyAddress: ReplyAddress = .plus, topicsForHumans: [Topic] = [],
        forms: [EmailAddress] = [], lists: [EmailAddress] = [], links: [String] = [], tag: Bool = true
    ) {
        self.name = name
        self.address = address
        self.languages = languages
        self.fallbackLanguage = fallbackLanguage
        self.timezone = timezone
        self.replyAddress = replyAddress
        self.topicsForHumans = topicsForHumans
        self.forms = forms
        self.lists = lists
        self.links = links
        self.tag = tag
    }
}
