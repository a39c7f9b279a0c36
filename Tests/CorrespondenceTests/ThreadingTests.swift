// The rule of joining, row by row: what a message shows, who sends it, and where it goes.

import Correspondence
import Testing

@Suite struct ThreadingTests {
    enum Sender: String, CaseIterable { case customer, participant, stranger, nobody }

    static let candidate = Threading.Candidate(
        conversation: ConversationID("c1"), customer: EmailAddress("carla@x.example"),
        participants: [EmailAddress("piet@x.example")].compactMap { $0 })
    static let other = Threading.Candidate(
        conversation: ConversationID("c2"), customer: EmailAddress("somebody@x.example"), participants: [])

    private func subject(_ sender: Sender, verified: Bool) -> Threading.Subject {
        let address: EmailAddress? =
            switch sender {
            case .customer: EmailAddress("Carla@X.example")
            case .participant: EmailAddress("piet@x.example")
            case .stranger: EmailAddress("mallory@evil.example")
            case .nobody: nil
            }
        return Threading.Subject(sender: address, isVerified: verified)
    }

    private func place(_ evidence: Threading.Evidence, _ sender: Sender, verified: Bool) -> Threading.Placement {
        Threading.place(subject(sender, verified: verified), candidates: [(evidence, Self.candidate)])
    }

    private let id = ThreadingTests.candidate.conversation

    @Test(arguments: [true, false]) func `a token from a participant joins, verified or not`(verified: Bool) {
        #expect(place(.token, .customer, verified: verified) == .join(id, as: .customer, by: .token))
        #expect(place(.token, .participant, verified: verified) == .join(id, as: .participant, by: .token))
    }

    @Test(arguments: [true, false]) func `a token from anybody else is held for a human`(verified: Bool) {
        #expect(place(.token, .stranger, verified: verified) == .open(linkedTo: id, isHeld: true))
        #expect(place(.token, .nobody, verified: verified) == .open(linkedTo: id, isHeld: true))
    }

    @Test(arguments: [Threading.Evidence.references, .threadIndex, .tag, .subject])
    func `weaker evidence joins for a verified participant`(evidence: Threading.Evidence) {
        #expect(place(evidence, .customer, verified: true) == .join(id, as: .customer, by: evidence))
        #expect(place(evidence, .participant, verified: true) == .join(id, as: .participant, by: evidence))
    }

    @Test(arguments: [Threading.Evidence.references, .threadIndex, .tag], Sender.allCases)
    func `for anyone else references, index and tag open a linked conversation`(
        evidence: Threading.Evidence, sender: Sender
    ) {
        #expect(place(evidence, sender, verified: false) == .open(linkedTo: id, isHeld: false))
        if sender == .stranger || sender == .nobody {
            #expect(place(evidence, sender, verified: true) == .open(linkedTo: id, isHeld: false))
        }
    }

    @Test func `the same subject links for an unverified participant and says nothing of a stranger`() {
        #expect(place(.subject, .customer, verified: false) == .open(linkedTo: id, isHeld: false))
        #expect(place(.subject, .participant, verified: false) == .open(linkedTo: id, isHeld: false))
        #expect(place(.subject, .stranger, verified: true) == .open(linkedTo: nil, isHeld: false))
        #expect(place(.subject, .nobody, verified: false) == .open(linkedTo: nil, isHeld: false))
    }

    @Test func `the chat's own token joins without an address`() {
        let bearer = Threading.Subject(sender: nil, isVerified: true, isBearer: true)
        #expect(Threading.place(bearer, candidates: [(.token, Self.candidate)]) == .join(id, as: .customer, by: .token))
        #expect(
            Threading.place(bearer, candidates: [(.references, Self.candidate)]) == .open(linkedTo: id, isHeld: false))
        #expect(Threading.place(bearer, candidates: []) == .open(linkedTo: nil, isHeld: false))
    }

    @Test func `a stranger's token is not made good by weaker evidence`() {
        let carla = subject(.customer, verified: true)
        let placement = Threading.place(carla, candidates: [(.token, Self.other), (.references, Self.candidate)])
        #expect(placement == .open(linkedTo: Self.other.conversation, isHeld: true))
    }

    @Test func `the strongest evidence that holds wins, and the strongest that does not is the link`() {
        let carla = subject(.customer, verified: true)
        #expect(
            Threading.place(carla, candidates: [(.references, Self.other), (.tag, Self.candidate)])
                == .join(id, as: .customer, by: .tag))
        let mallory = subject(.stranger, verified: true)
        #expect(
            Threading.place(mallory, candidates: [(.references, Self.other), (.tag, Self.candidate)])
                == .open(linkedTo: Self.other.conversation, isHeld: false))
    }

    @Test func `a copied index leads nobody past what the mail says itself`() {
        let carla = subject(.customer, verified: true)
        #expect(
            Threading.place(carla, candidates: [(.references, Self.candidate), (.threadIndex, Self.other)])
                == .join(id, as: .customer, by: .references))
        #expect(
            Threading.place(carla, candidates: [(.threadIndex, Self.other), (.subject, Self.candidate)])
                == .join(id, as: .customer, by: .subject))
    }

    @Test func `without evidence a conversation begins`() {
        #expect(
            Threading.place(subject(.customer, verified: true), candidates: []) == .open(linkedTo: nil, isHeld: false))
    }

    @Test func `a conversation without a customer's address is nobody's`() {
        let chat = Threading.Candidate(conversation: id, customer: nil, participants: [])
        #expect(
            Threading.place(subject(.nobody, verified: true), candidates: [(.token, chat)])
                == .open(linkedTo: id, isHeld: true))
    }
}
