// Who counts as the author of a message, and where an answer to it goes.

import Correspondence

enum SenderRule {
    /// A web form (one of `desk.forms`, verified) writes for the customer who stands in its Reply-To.
    static func author(of message: Message, desk: DeskProfile) -> Message {
        guard let from = message.from, desk.forms.contains(from.address), message.verification.isVerified,
            let customer = message.replyTo.first
        else { return message }
        var message = message
        // Whoever writes the desk's own address into a form would have the desk write to itself.
        guard !isDesk(customer.address, desk) else {
            message.answerable = false
            message.answerableReasons.append("the form names the desk itself as the customer")
            return message
        }
        message.from = customer
        return message
    }

    /// Reply-To counts only for a verified sender and within the sender's own domain, where that domain is one
    /// organisation's: else whoever has an account at a mailbox provider could have the desk write to all others.
    static func answerTo(_ message: Message, desk: DeskProfile) -> EmailAddress? {
        guard message.verification.isVerified, let from = message.from, let reply = message.replyTo.first,
            reply.address != from.address, !isDesk(reply.address, desk),
            DomainName.key(reply.address.domain) == DomainName.key(from.address.domain)
        else { return nil }
        guard !MailboxProvider.serves(from.address) || reply.address.withoutDetail == from.address.withoutDetail
        else { return nil }
        return reply.address
    }

    private static func isDesk(_ address: EmailAddress, _ desk: DeskProfile) -> Bool {
        address == desk.address || address.withoutDetail == desk.address
    }
}
