// The shape that every model must answer in, and the check that it did.

import Correspondence

/// What the model decides, in this order: whether the passages answer, which words of them, what is missing, whether a
/// human is needed; only then the reply.
struct ModelReply: Decodable, Equatable {
    enum Answerable: String, Decodable { case yes, partly, no }
    enum HumanReason: String, Decodable {
        case none
        case accountAction = "account_action"
        case refundOrLegal = "refund_or_legal"
        case complaint, security, unclear, other
    }
    struct Citation: Decodable, Equatable {
        var passage: String
        var quote: String
    }
    var answerable: Answerable
    var citations: [Citation]
    var missingInformation: String
    var needsHumanReason: HumanReason
    var language: String
    var reply: String
    var confidence: Int

    /// The common subset of the providers: every property required, no further ones, no limits; limits are checked
    /// afterwards.
    static let schema = """
        {"type":"object","additionalProperties":false,"required":["answerable","citations","missing_information",\
        "needs_human_reason","language","reply","confidence"],"properties":{\
        "answerable":{"type":"string","enum":["yes","partly","no"]},\
        "citations":{"type":"array","items":{"type":"object","additionalProperties":false,\
        "required":["passage","quote"],"properties":{"passage":{"type":"string"},"quote":{"type":"string"}}}},\
        "missing_information":{"type":"string"},\
        "needs_human_reason":{"type":"string","enum":["none","account_action","refund_or_legal","complaint",\
        "security","unclear","other"]},\
        "language":{"type":"string"},"reply":{"type":"string"},"confidence":{"type":"integer"}}}
        """

    /// More citations than this are no citations.
    static let citationLimit = 20

    static func read(_ text: String, from name: String) throws(AnswererError) -> ModelReply {
        guard let reply = JSONText.decode(ModelReply.self, from: Array(text.utf8)),
            reply.citations.count <= citationLimit, (0...100).contains(reply.confidence)
        else { throw AnswererError(.badAnswer, detail: "\(name) answered in another shape than agreed", cost: nil) }
        return reply
    }

    /// Why a human is needed, for the agent; nil when the model sees no need.
    var humanReason: String? {
        switch needsHumanReason {
        case .none: nil
        case .accountAction: "the model says: somebody must do something in the customer's account"
        case .refundOrLegal: "the model says: this is about money back or a legal matter"
        case .complaint: "the model says: this is a complaint"
        case .security: "the model says: this is about security"
        case .unclear: "the model says: it is not clear what is asked"
        case .other: "the model says: a human should look"
        }
    }
}
