// The second form of expectation: what somebody who has not seen the code claims about a mail, field by field.
import Correspondence
import Foundation

/// A JSON file with a `case` (what the mail shows). Only the fields it gives are compared; white space is collapsed in
/// texts. `unsure` says why another reading would do as well, `changed` what we corrected in the claim and why.
struct Claims {
    let fields: [String: JSONValue]

    /// Fields that tell about the case and claim nothing of the message; `language` has a test of its own.
    private static let remarks: Set<String> = ["case", "unsure", "why", "changed", "language", "bytesMatter"]
    private static let texts: Set<String> = ["text", "newText", "signature", "quoted"]

    /// nil when the file is of the first form, a whole view.
    init?(_ data: Data) throws {
        fields = try JSONDecoder().decode([String: JSONValue].self, from: data)
        guard fields["case"] != nil else { return nil }
    }

    /// The line ends are the case: the mail is read as it lies there and in no other way.
    var bytesMatter: Bool { fields["bytesMatter"].map { $0 != .bool(false) } ?? false }

    /// Every claim that the view does not meet, in words; empty when all are met.
    func unmet(by view: Corpus.View) throws -> [String] {
        let seen = try JSONDecoder().decode([String: JSONValue].self, from: Corpus.encoded(view))
        return fields.keys.filter { !Self.remarks.contains($0) }.sorted().compactMap { name in
            let wanted = fields[name] ?? .null
            var found = seen[name] ?? .null
            if name == "bounce", case .object(var bounce) = found {
                bounce["isFinal"] = .bool(view.bounce?.isFinal ?? false)
                found = .object(bounce)
            }
            if name == "attachmentCount" { found = .number(Double(view.attachments.count)) }
            // RFC 3339 writes no offset at all as Z or as +00:00.
            if name == "date", case .string(let date) = wanted, date.hasSuffix("+00:00") {
                return found == .string("\(date.dropLast(6))Z") ? nil : "date is \(found), not \(wanted)"
            }
            let isMet =
                Self.texts.contains(name) ? wanted.collapsed == found.collapsed : found.contains(wanted)
            return isMet ? nil : "\(name) is \(found), not \(wanted)"
        }
    }
}

enum JSONValue: Decodable, Equatable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Objects are compared in the keys that are claimed; lists element by element.
    func contains(_ claim: JSONValue) -> Bool {
        switch (self, claim) {
        case (.object(let found), .object(let wanted)):
            wanted.allSatisfy { (found[$0.key] ?? .null).contains($0.value) }
        case (.array(let found), .array(let wanted)):
            found.count == wanted.count && zip(found, wanted).allSatisfy { $0.contains($1) }
        default: self == claim
        }
    }

    /// A text with every run of white space as one blank; "" where there is none.
    var collapsed: String {
        guard case .string(let text) = self else { return "" }
        return text.split { $0.isWhitespace }.joined(separator: " ")
    }

    var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "\"\(value)\""
        case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
        case .object(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
        }
    }
}
