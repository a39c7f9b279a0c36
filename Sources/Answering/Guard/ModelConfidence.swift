// How sure a model's draft is taken to be, once the guard has passed it.

import Correspondence
import Foundation

/// The model's own number is only a rank: it saturates. A draft reaches the default threshold when the model answers
/// everything, needs no human, and the search stands behind it too.
struct ModelConfidence {
    static let cap = 0.74
    static let floor = 0.75

    private enum Need {
        static let stated = 70
        /// One of these by the search: what was found covers the question, or comes close to it, or is likely right.
        static let covered = 0.5
        static let line = 0.5
        static let chance = 0.5
    }

    var confidence: Double
    var reasons: [String]

    init(_ reply: ModelReply, request: DraftRequest, isCut: Bool) {
        var doubts: [String] = []
        if reply.answerable == .partly { doubts.append("the passages answer only a part of what is asked") }
        if reply.needsHumanReason != .none, let reason = reply.humanReason { doubts.append(reason) }
        if !reply.missingInformation.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty {
            doubts.append("the model misses something in the passages")
        }
        if reply.confidence < Need.stated { doubts.append("the model is only \(reply.confidence) % sure") }
        let signals = request.found.signals
        let chance = request.found.dayZero ?? 0
        if signals.leastCovered < Need.covered && signals.closestLine < Need.line && chance < Need.chance {
            doubts.append("the search did not find the question's words in the articles")
        }
        if isCut { doubts.append("the message is too long to be shown to the model whole") }
        let strength = (Double(reply.confidence) / 100 + max(signals.leastCovered, chance)) / 2
        if doubts.isEmpty {
            confidence = min(0.99, Self.floor + (0.99 - Self.floor) * strength)
            reasons = ["every quote stands in its article, and every fact of the reply in a source"]
        } else {
            confidence = max(0.05, min(Self.cap, strength * 0.9))
            reasons = doubts
        }
    }
}
