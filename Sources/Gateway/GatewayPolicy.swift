// The desk's rules, as the settings give them: what may be answered, how often, and who is told.

package import Correspondence

package struct GatewayPolicy: Sendable {
    package enum Mode: String, Sendable, CaseIterable {
        case automatic
        /// What would be sent waits for a human.
        case review
        /// Everything becomes a ticket; the decision is only recorded.
        case shadow
    }
    /// How far a channel's word on senders is believed.
    package struct ChannelTrust: Sendable {
        package var authentication: AuthenticationTrust
        /// Lifts the ban on answering unverified senders, never the rule of joining.
        package var answersUnverified: Bool

        package init(authentication: AuthenticationTrust = .nobody, answersUnverified: Bool = false) {
            self.authentication = authentication
            self.answersUnverified = answersUnverified
        }
    }
    /// Articles looked at for a draft.
    package static let articles = 5
    /// A question is cut here, in Unicode scalars: what follows is seldom one.
    package static let questionLimit = 8_000

    package var desk: DeskProfile
    package var mode: Mode
    /// A draft is sent at this confidence or above.
    package var threshold: Double
    package var limits: SendingLimits
    /// An older mail (by receipt) becomes a ticket when it comes to drafting.
    package var answerAge: Duration
    /// By channel; a channel that is not named trusts nobody.
    package var trust: [Channel: ChannelTrust]
    /// Agents who are told of tickets.
    package var notify: [EmailAddress]
    /// Tell a verified customer that a human will answer, once a conversation and day.
    package var acknowledges: Bool
    /// Where the pages are, without a slash at the end; nil where they are nowhere to be linked to.
    package var webURL: String?
    /// The envelope sender names the conversation (`support+token@…`) instead of being the desk's own address.
    package var usesVERP = false
    /// Mails being drafted, and being sent, at the same time.
    package var draftingWidth = 16
    package var deliveryWidth = 64

    package init(
        desk: DeskProfile, mode: Mode = .automatic, threshold: Double = 0.75,
        limits: SendingLimits = .init(
            repliesPerConversation: 3,
            perSender: [Rate(count: 5, period: .hours(1)), Rate(count: 20, period: .days(1))], answers: []),
        answerAge: Duration = .hours(48), trust: [Channel: ChannelTrust] = [:], notify: [EmailAddress] = [],
        acknowledges: Bool = false, webURL: String? = nil
    ) {
        self.desk = desk
        self.mode = mode
        self.threshold = threshold
        self.limits = limits
        self.answerAge = answerAge
        self.trust = trust
        self.notify = notify
        self.acknowledges = acknowledges
        self.webURL = webURL
    }

    /// Whether tickets are told to this address.
    func isAgent(_ address: EmailAddress?) -> Bool { address.map { notify.contains($0) } ?? false }

    /// Whether the sender of any mail can be verified: without that, no agent can answer by mail.
    var verifiesAnybody: Bool { trust.values.contains { $0.authentication != .nobody } }

    /// What a reader must know for mail of `channel`.
    func readingContext(for channel: Channel, isVouched: Bool) -> ReadingContext {
        ReadingContext(
            ownAddresses: [desk.address], messageIDDomain: desk.address.domain, lists: desk.lists, forms: desk.forms,
            trust: isVouched ? .everyone : trust[channel]?.authentication ?? .nobody, languages: desk.languages,
            requiresOwnAddress: channel.kind == .mailbox)
    }
}
