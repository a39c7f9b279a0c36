// The dialogue of one signed-in SMTP connection: mails and replies in, bytes and outcomes out. Pure.

import Correspondence

/// One mail at a time. States:
///
///     idle ──begin──> envelope ──354──> body ──2yz/4yz/5yz──> idle
///                        └──4yz/5yz──> resetting ──2yz──> idle
///     any ── 421, violation, lost line ──> closed
///
/// The outcome rule (RFC 5321 section 4.2.5, 4.5.3.2.6): a reply decides wherever there is one. Without one the mail
/// is not sent as long as the final dot has not gone to the socket whole, and in doubt from then on.
struct SubmissionDialogue {
    /// What the last EHLO offered.
    struct Capabilities: Equatable {
        var pipelining = false
        var size = false
        var utf8 = false
        var eightBit = false

        /// `dialogue`: the server's lines up to the sign-in. A greeting and the reply to STARTTLS are 220: what
        /// stood before them no longer holds (RFC 3207 section 4.2).
        init(dialogue: [String]) {
            for line in dialogue {
                if line.hasPrefix("220") { self = Capabilities(dialogue: []) }
                guard line.hasPrefix("250") else { continue }
                switch line.dropFirst(4).split(separator: " ").first?.uppercased() {
                case "PIPELINING": pipelining = true
                case "SIZE": size = true
                case "SMTPUTF8": utf8 = true
                case "8BITMIME": eightBit = true
                default: break
                }
            }
        }
    }

    enum Step: Equatable {
        case send([UInt8])
        /// The body with its dot. From here on the final reply is waited for.
        case sendBody([UInt8])
        case finished(SendOutcome)
        /// The next mail may begin.
        case ready
        case close
    }

    private enum Verb: String { case mail = "MAIL", rcpt = "RCPT", data = "DATA" }

    private enum State {
        case idle
        case envelope(letter: SubmissionLetter, awaited: [Verb], unsent: [Verb], refusal: SendOutcome?)
        case body
        case resetting
        case closed
    }

    private let capabilities: Capabilities
    private var state = State.idle

    init(_ capabilities: Capabilities) {
        self.capabilities = capabilities
    }

    var isIdle: Bool { if case .idle = state { true } else { false } }
    var isInBody: Bool { if case .body = state { true } else { false } }

    mutating func begin(_ letter: SubmissionLetter) -> [Step] {
        guard isIdle else { return [.close] }
        if let missing = missing(for: letter) {
            return [
                .finished(
                    .refused(
                        isTemporary: false, code: 553,
                        reply: "not sent, refused here: the address has characters beyond ASCII before its @, "
                            + "and the server does not take such addresses (it lacks \(missing))")),
                .ready,
            ]
        }
        let verbs: [Verb] = [.mail, .rcpt, .data]
        if capabilities.pipelining {
            state = .envelope(letter: letter, awaited: verbs, unsent: [], refusal: nil)
            return [.send(verbs.flatMap { line($0, letter) })]
        }
        state = .envelope(letter: letter, awaited: [.mail], unsent: [.rcpt, .data], refusal: nil)
        return [.send(line(.mail, letter))]
    }

    /// `hasUnsent`: bytes given out by a step have not all gone to the socket.
    mutating func hear(_ reply: SMTPReply, hasUnsent: Bool) -> [Step] {
        switch state {
        case .closed: return []
        case .idle:
            // Most likely 421 before the server closes.
            state = .closed
            return [.close]
        case .resetting:
            state = reply.isPositive ? .idle : .closed
            return [reply.isPositive ? .ready : .close]
        case .body: return endBody(reply, hasUnsent: hasUnsent)
        case .envelope(let letter, let awaited, let unsent, let refusal):
            return hearEnvelope(reply, letter, awaited, unsent, refusal)
        }
    }

    private mutating func hearEnvelope(
        _ reply: SMTPReply, _ letter: SubmissionLetter, _ awaited: [Verb], _ unsent: [Verb], _ earlier: SendOutcome?
    ) -> [Step] {
        var awaited = awaited
        var unsent = unsent
        let verb = awaited.removeFirst()
        var refusal = earlier
        if reply.isRefusal {
            if refusal == nil {
                refusal = .refused(
                    isTemporary: reply.isTemporary, code: reply.code, reply: "\(verb.rawValue): \(reply.text)")
            }
        } else if verb == .data, reply.code == 354, refusal == nil {
            state = .body
            return [.sendBody(letter.body)]
        } else if !reply.isPositive || verb == .data {
            // 354 after a refused recipient, or a reply that does not fit: an empty mail is not risked.
            state = .closed
            let outcome = refusal ?? .interrupted(reason: "\(verb.rawValue) was answered by \(reply.text)")
            return [.finished(outcome), .close]
        }
        if let refusal, reply.code == 421 {
            state = .closed
            return [.finished(refusal), .close]
        }
        if let refusal, awaited.isEmpty {
            state = .resetting
            return [.finished(refusal), .send(Array("RSET\r\n".utf8))]
        }
        var steps: [Step] = []
        if awaited.isEmpty {
            let next = unsent.removeFirst()
            awaited = [next]
            steps = [.send(line(next, letter))]
        }
        state = .envelope(letter: letter, awaited: awaited, unsent: unsent, refusal: refusal)
        return steps
    }

    private mutating func endBody(_ reply: SMTPReply, hasUnsent: Bool) -> [Step] {
        if reply.isRefusal {
            let outcome = SendOutcome.refused(
                isTemporary: reply.isTemporary, code: reply.code, reply: "end of mail: \(reply.text)")
            let stays = !hasUnsent && reply.code != 421
            state = stays ? .idle : .closed
            return [.finished(outcome), stays ? .ready : .close]
        }
        if hasUnsent {
            state = .closed
            let reason = "the server answered \(reply.text) before the mail had ended"
            return [.finished(.interrupted(reason: reason)), .close]
        }
        if reply.isPositive {
            state = .idle
            return [.finished(.accepted(reply: reply.text)), .ready]
        }
        state = .closed
        return [.finished(.inDoubt(reason: "the end of the mail was answered by \(reply.text)")), .close]
    }

    /// The line broke, fell silent or spoke nonsense. The outcome of the mail under way, nil when there is none.
    mutating func lost(_ reason: String, hasUnsent: Bool) -> SendOutcome? {
        defer { state = .closed }
        switch state {
        case .idle, .resetting, .closed: return nil
        case .envelope(_, _, _, let refusal): return refusal ?? .interrupted(reason: reason)
        case .body: return hasUnsent ? .interrupted(reason: reason) : .inDoubt(reason: reason)
        }
    }

    /// What a step asked for was not done, and nothing more is said on this line.
    mutating func end() { state = .closed }

    /// The extension that this letter needs and the server does not offer (RFC 6531 section 3.1, RFC 6152).
    private func missing(for letter: SubmissionLetter) -> String? {
        if letter.needsUTF8, !capabilities.utf8 { return "SMTPUTF8" }
        return letter.isEightBit && !capabilities.eightBit ? "8BITMIME" : nil
    }

    private func line(_ verb: Verb, _ letter: SubmissionLetter) -> [UInt8] {
        switch verb {
        case .mail:
            let size = capabilities.size ? " SIZE=\(letter.size)" : ""
            let eightBit = letter.isEightBit ? " BODY=8BITMIME" : ""
            let utf8 = letter.needsUTF8 ? " SMTPUTF8" : ""
            return Array("MAIL FROM:<\(letter.sender)>\(size)\(eightBit)\(utf8)\r\n".utf8)
        case .rcpt: return Array("RCPT TO:<\(letter.recipient)>\r\n".utf8)
        case .data: return Array("DATA\r\n".utf8)
        }
    }
}
