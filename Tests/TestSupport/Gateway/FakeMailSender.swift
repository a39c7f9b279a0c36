// A mail server that says what a test tells it, and keeps what it took.

package import Correspondence
import Foundation
import Synchronization

package final class FakeMailSender: MailSender {
    package typealias Script = @Sendable (_ number: Int, _ mail: OutgoingMail) async -> SendOutcome

    package struct Sent: Sendable {
        package var envelopeFrom: EmailAddress?
        package var recipient: EmailAddress
        package var mail: OutgoingMail
        package var outcome: SendOutcome
    }
    package let connections: Int
    private let script: Script
    private let kept = Mutex<(begun: Int, sent: [Sent])>((0, []))

    /// `number` counts attempts from 1.
    package init(
        connections: Int = 4, script: @escaping Script = { _, _ in .accepted(reply: "250 ok") }
    ) {
        self.connections = connections
        self.script = script
    }

    /// Every attempt that ended, in order.
    package var attempts: [Sent] { kept.withLock { $0.sent } }

    /// How many attempts were begun.
    package var begun: Int { kept.withLock { $0.begun } }

    /// What recipients hold, or may hold.
    package var received: [Sent] {
        attempts.filter { attempt in
            switch attempt.outcome {
            case .accepted, .inDoubt: true
            case .refused, .notSent, .interrupted, .calledOff: false
            }
        }
    }

    package func send(_ mail: OutboundMail) async -> SendOutcome {
        let number = kept.withLock { kept in
            kept.begun += 1
            return kept.begun
        }
        guard let outgoing = try? JSONDecoder().decode(OutgoingMail.self, from: Data(mail.bytes)) else {
            return .refused(isTemporary: false, code: 554, reply: "not a mail of FakeMailComposer")
        }
        guard mail.mayBegin() else { return .calledOff }
        let outcome = await script(number, outgoing)
        kept.withLock {
            $0.sent.append(
                Sent(envelopeFrom: mail.envelopeFrom, recipient: mail.recipient, mail: outgoing, outcome: outcome))
        }
        return outcome
    }

    package func probe() async -> SendOutcome { .accepted(reply: "250 ok") }
}
