// A mail that did not arrive as templates see it: one line that says who was not reached and why.

import Correspondence

enum FailureView {
    /// Of a bounce. What it says of a reply of ours is among the reasons of the ticket it opened; one that opened none
    /// tells no more than that it is one.
    static func line(of bounce: SupportMessage, known reasons: [String]) -> String {
        let failures = reasons.filter { $0.hasPrefix("a reply") && $0.contains(" could not be delivered") }
        let own = failures.last { failure in
            guard let address = failure.firstMatch(of: /^a reply to (\S+) could not/)?.1 else { return false }
            return bounce.text.lowercased().contains(address.lowercased())
        }
        guard let failure = own ?? (failures.count == 1 ? failures.first : nil) else {
            return "A mail server tells that a reply was not delivered, or not yet."
        }
        let line = FailedDelivery.short(failure)
        return line.prefix(1).uppercased() + line.dropFirst()
    }
}
