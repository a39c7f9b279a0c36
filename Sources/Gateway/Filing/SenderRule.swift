// Who counts as the author of a message, and where an answer to it goes.

import Correspondence

enum SenderRule {
    /// A web form (one of `desk.forms`, verified) writes for the customer who stands in its Reply-To.
    static func author(of message: Message, desk: DeskProfile) -> Message {
        guard let from = message.from, desk.forms.contains(from.address), message.verification.isVerified,
            let customer = message.replyTo.first
        else { return message }
        var message = message
        message.from = customer
        return message
    }

    /// Reply-To counts only for a verified sender and within the sender's own domain.
    static func answerTo(_ message: Message) -> EmailAddress? {
        guard message.verification.isVerified, let from = message.from, let reply = message.replyTo.first,
            reply.address != from.address, reply.address.domain.lowercased() == from.address.domain.lowercased()
        else { return nil }
        return reply.address
    }
}
