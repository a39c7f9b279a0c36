// Whether a mail is an agent's answer to a notice: what may go to the customer, and why something may not.

import Correspondence
import Foundation

/// Pure. Nothing goes to a customer unless all of it holds: a person wrote it, with no sign that a program did, it shows
/// a token of ours that was made for the address it comes from, this address is still an agent's, the sender is
/// verified, the token is not too old, and there are words to send that hold nothing of the notice.
///
/// What may be automatic is told to nobody: an out-of-office note must not be answered, and so on for ever.
enum AgentMail: Equatable {
    /// Not concerned with notices.
    case none
    case answer(ConversationID, agent: EmailAddress, text: String)
    /// `agent` is told the reason; nil: nobody is.
    case refused(ConversationID?, agent: EmailAddress?, reason: String)

    /// Attachments that sign the mail, or the person: nobody misses them.
    private static let signatures: Set<String> = [
        "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
        "application/pgp-keys", "text/vcard", "text/x-vcard",
    ]

    static func judge(_ message: Message, policy: GatewayPolicy, signer: TokenSigner, now: Instant) -> AgentMail {
        guard message.kind == .human else { return .none }
        let from = message.from?.address
        let agents = policy.notify + (from.map { [$0] } ?? [])
        guard
            let token = signer.agentToken(
                shownBy: message, desk: policy.desk.address, agents: agents, now: now)
        else { return withoutToken(message, policy: policy, signer: signer) }
        let isAgents = policy.isAgent(token.agent)
        func refused(_ reason: String) -> AgentMail {
            .refused(
                token.conversation, agent: isAgents && message.answerable ? token.agent : nil, reason: reason)
        }
        guard let from, from == token.agent else {
            return refused("it came from another address than \(token.agent), to which the notice went")
        }
        guard isAgents else { return refused("\(from) is not told of tickets any more") }
        guard message.verification.isVerified else {
            return refused("the sender is not verified (\(message.verification.reason))")
        }
        guard message.answerable else {
            return refused("it may be automatic: \(message.answerableReasons.joined(separator: ", "))")
        }
        guard !token.isExpired else { return refused("the notice is too old to be answered by mail") }
        guard message.attachments.allSatisfy(isOrnament) else {
            return refused("it has attachments, which cannot be sent on from a mail")
        }
        let text = ChatMessage.cleaned(message.newText)
        // A signature with nothing above it is read as words, for customers write below its mark too.
        let isSignatureAlone = text.split(separator: "\n").first?.allSatisfy { $0 == "-" || $0 == " " } ?? true
        guard !isSignatureAlone else { return refused("it has no words of its own above what it quotes") }
        guard !AnswerMark.isIn(text), !holdsToken(text, policy.desk.address) else {
            return refused("its quote of the notice could not be told from its words: please remove the quote")
        }
        guard AnswerMark.isBelow(message.newText, in: message.text) else {
            return refused("it has words below the line that ends the answer: please write above it only")
        }
        return .answer(token.conversation, agent: from, text: text)
    }

    /// A picture within the words is a letterhead. Anything else was meant to be read, also where a mail program shows
    /// it within the words, as Apple's does with a PDF.
    private static func isOrnament(_ attachment: Attachment) -> Bool {
        signatures.contains(attachment.type)
            || (attachment.isInline && attachment.contentID != nil && attachment.type.hasPrefix("image/"))
    }

    /// An agent who answers a list of tickets, or a notice without a token, must hear that nobody got it.
    private static func withoutToken(_ message: Message, policy: GatewayPolicy, signer: TokenSigner) -> AgentMail {
        guard let from = message.from?.address, policy.isAgent(from), message.verification.isVerified,
            signer.answersOurs(message), signer.conversation(shownBy: message, desk: policy.desk.address) == nil
        else { return .none }
        return .refused(
            nil, agent: message.answerable ? from : nil,
            reason: "it does not say which ticket it answers: please answer the ticket's own notice or address")
    }

    /// An address of ours with something behind the plus: no word for a customer.
    private static func holdsToken(_ text: String, _ desk: EmailAddress) -> Bool {
        let words = text.lowercased()
        let beginning = "\(desk.localPart.lowercased())+"
        var rest = words[...]
        while let found = rest.range(of: beginning) {
            let token = rest[found.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
            if token.utf8.count == AgentToken.length { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }
}
