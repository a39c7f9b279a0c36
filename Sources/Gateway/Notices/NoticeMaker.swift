// Mails to agents: a ticket of its own, many in one list, and why an answer by mail was not sent.

import Correspondence

struct NoticeMaker: Sendable {
    let policy: GatewayPolicy
    let signer: TokenSigner
    let surroundings: Surroundings
    let reports: any ReportMaker

    /// One mail to every agent. `more` tickets wait beside those that are named.
    func notices(_ due: [DueNotice], more: Int = 0) -> [NewOutgoing] {
        policy.notify.compactMap { agent in
            if due.count == 1, more == 0 { return notice(due[0], to: agent) }
            let dress = reports.ticketSummary(due.map { told($0, to: agent) }, more: more, desk: policy.desk)
            guard let id = signer.messageID(for: nil, random: surroundings.randomBytes(10)) else { return nil }
            return mail(.notice, dress, to: agent, id: id)
        }
    }

    /// Answering it is answering the customer: its address and its Message-ID say so for this agent alone.
    private func notice(_ due: DueNotice, to agent: EmailAddress) -> NewOutgoing? {
        let conversation = due.conversation.id
        let random = surroundings.randomBytes(10)
        let named = signer.agentMessageID(
            for: conversation, agent: agent, random: random, now: surroundings.now())
        guard let id = named ?? signer.messageID(for: nil, random: random) else { return nil }
        let notice = told(due, to: agent)
        var outgoing = mail(.notice, reports.ticketNotice(notice, desk: policy.desk), to: agent, id: id)
        outgoing.reply.replyTo = notice.answerAddress
        outgoing.reply.inReplyTo = signer.noticeThread(of: conversation)
        outgoing.reply.references = outgoing.reply.inReplyTo.map { [$0] } ?? []
        return outgoing
    }

    /// Why nothing of an agent's mail went to the customer.
    func refusal(_ reason: String, number: Int?, to agent: EmailAddress, answering message: MessageID?) -> NewOutgoing?
    {
        guard let id = signer.messageID(for: nil, random: surroundings.randomBytes(10)) else { return nil }
        let dress = reports.refusedAnswer(
            RefusedAnswer(number: number, reason: reason, link: number.flatMap(link)), desk: policy.desk)
        // Not counted as a notice: what agents do must not hold up what customers want.
        var outgoing = mail(.report, dress, to: agent, id: id)
        outgoing.reply.inReplyTo = message
        outgoing.reply.references = message.map { [$0] } ?? []
        return outgoing
    }

    private func told(_ due: DueNotice, to agent: EmailAddress) -> TicketNotice {
        let address =
            policy.desk.replyAddress == .plus && policy.verifiesAnybody
            ? signer.agentAddress(
                for: due.conversation.id, agent: agent, desk: policy.desk.address, now: surroundings.now()) : nil
        return TicketNotice(
            number: due.ticket.number, subject: due.conversation.subject, customer: due.conversation.customer,
            language: due.conversation.language, reasons: due.ticket.reasons, question: due.question,
            draft: due.draft, link: link(due.ticket.number), answerAddress: address,
            isAnsweredByMail: policy.verifiesAnybody)
    }

    private func link(_ number: Int) -> String? { policy.webURL.map { "\($0)/admin/tickets/\(number)" } }

    private func mail(
        _ purpose: OutgoingReply.Purpose, _ dress: MailDress, to agent: EmailAddress, id: MessageID
    ) -> NewOutgoing {
        NewOutgoing(
            id: surroundings.makeID(), record: nil,
            reply: OutgoingReply(
                purpose: purpose, messageID: id, to: NamedAddress(address: agent), subject: dress.subject,
                language: policy.desk.fallbackLanguage, body: dress.text, html: dress.html))
    }
}
