// Holds answers to `templates/web/openapi.json`: route, status, media type and the body's shape.

import Foundation
import HTTPTypes
import Reports
import Testing

@testable import Web

/// As much of JSON Schema 2020-12 as the description uses; a keyword it does not know fails the test.
struct APIDescription: @unchecked Sendable {
    // The tree is read once and never changed: `[String: Any]` of Foundation's own values.
    let root: [String: Any]

    static let shared: APIDescription = {
        let text = (try? MustacheReportMaker().pages.asset("web/openapi.json")) ?? "{}"
        let tree = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return APIDescription(root: tree ?? [:])
    }()

    var paths: [String: [String: Any]] { root["paths"] as? [String: [String: Any]] ?? [:] }

    /// `/api/support/tickets/{number}` for `/api/support/tickets/7?x=1`; literal paths before patterns.
    func template(for path: String) -> String? {
        let path = String(path.prefix { $0 != "?" })
        if paths[path] != nil { return path }
        let parts = path.split(separator: "/")
        return paths.keys.first { template in
            let wanted = template.split(separator: "/")
            return wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
    }

    func check(method: String, path: String, _ answer: Client.Answer) throws {
        guard path.hasPrefix("/api/") || path.hasPrefix("/webhooks/") || path.hasPrefix("/readyz") else { return }
        // Preflights are the browser's, and unknown addresses are described by nothing.
        guard method != "OPTIONS" else { return }
        // HEAD is GET without its body, and streams have none.
        if method == "HEAD" {
            #expect(answer.text.isEmpty)
            if answer.status == 405 { return }
        }
        guard let template = template(for: path),
            let operation = paths[template]?[method == "HEAD" ? "get" : method.lowercased()] as? [String: Any]
        else {
            #expect([404, 405, 421].contains(answer.status), "\(method) \(path) is not described")
            return
        }
        let responses = operation["responses"] as? [String: Any] ?? [:]
        guard let response = responses["\(answer.status)"] as? [String: Any] else {
            Issue.record("\(method) \(template) does not describe status \(answer.status): \(answer.text)")
            return
        }
        let content = response["content"] as? [String: Any] ?? [:]
        let mediaType = answer.headers[.contentType] ?? ""
        if answer.text.isEmpty, content.isEmpty || method == "HEAD" { return }
        guard let media = content[mediaType] as? [String: Any], let schema = media["schema"] as? [String: Any] else {
            Issue.record("\(method) \(template) \(answer.status) does not describe \(mediaType)")
            return
        }
        guard mediaType.contains("json") else { return }
        let value = try JSONSerialization.jsonObject(with: Data(answer.text.utf8), options: .fragmentsAllowed)
        for fault in faults(of: value, schema, at: "$") { Issue.record("\(method) \(template): \(fault)") }
    }

    func faults(of value: Any, _ schema: [String: Any], at place: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            let parts = reference.split(separator: "/").dropFirst()
            var current: Any? = root
            for part in parts { current = (current as? [String: Any])?[String(part)] }
            guard let target = current as? [String: Any] else { return ["\(place): no \(reference)"] }
            return faults(of: value, target, at: place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let all = choices.map { faults(of: value, $0, at: place) }
            return all.contains { $0.isEmpty } ? [] : all[0]
        }
        var found: [String] = []
        let known: Set<String> = [
            "type", "description", "properties", "required", "additionalProperties", "items", "enum", "format",
            "minLength", "maxLength", "pattern", "minimum", "maximum",
        ]
        found += schema.keys.filter { !known.contains($0) }.map { "\(place): unknown keyword \($0)" }
        let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
        let type = Self.type(of: value)
        guard types.isEmpty || types.contains(type) || (type == "integer" && types.contains("number")) else {
            return found + ["\(place): \(type) where \(types) is described"]
        }
        if let choices = schema["enum"] as? [Any] {
            let text = value as? String
            if !choices.contains(where: { ($0 as? String) == text && (text != nil || $0 is NSNull) }) {
                found.append("\(place): \(value) is none of \(choices)")
            }
        }
        if schema["format"] as? String == "date-time", let text = value as? String,
            text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)/) == nil
        {
            found.append("\(place): \(text) is no RFC 3339 date")
        }
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            for name in schema["required"] as? [String] ?? [] where object[name] == nil {
                found.append("\(place): \(name) is missing")
            }
            for (name, member) in object {
                if let described = properties[name] {
                    found += faults(of: member, described, at: "\(place).\(name)")
                } else if let others = schema["additionalProperties"] as? [String: Any] {
                    found += faults(of: member, others, at: "\(place).\(name)")
                } else if schema["additionalProperties"] as? Bool == false {
                    found.append("\(place): \(name) is not described")
                }
            }
        }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, item) in list.enumerated() { found += faults(of: item, items, at: "\(place)[\(index)]") }
        }
        return found
    }

    static func type(of value: Any) -> String {
        switch value {
        case is NSNull: return "null"
        case is String: return "string"
        case is [Any]: return "array"
        case is [String: Any]: return "object"
        case let number as NSNumber:
            if isBoolean(number) { return "boolean" }
            return number.doubleValue == number.doubleValue.rounded() ? "integer" : "number"
        default: return "unknown"
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

struct APIDescriptionTests {
    @Test("every described route answers, and none that is not described")
    func routes() async throws {
        try await Desk.with { _, client in
            for (path, operations) in APIDescription.shared.paths {
                for method in operations.keys {
                    guard let verb = HTTPRequest.Method(method.uppercased()), !path.hasSuffix("/events"),
                        method != "delete"
                    else {
                        continue
                    }
                    let address = path.replacing("{id}", with: "abc").replacing("{arrival}", with: "abc").replacing(
                        "{message}", with: "abc"
                    ).replacing(
                        "{number}", with: "1"
                    )
                    .replacing("{name}", with: "nobody")
                    let answer = try await client.call(verb, address, json: method == "get" ? nil : "{}")
                    let isMissing = answer.status == 404 && answer.problem?.detail == "there is nothing at this address"
                    #expect(!isMissing, "\(method) \(path) is described and not there")
                }
            }
        }
    }

    @Test("the checker finds what is wrong: a missing name, a name too many, a wrong type, a wrong word")
    func checker() {
        let description = APIDescription.shared
        let party: [String: Any] = ["$ref": "#/components/schemas/Party"]
        #expect(description.faults(of: ["name": "A", "address": NSNull()], party, at: "$").isEmpty)
        #expect(description.faults(of: ["name": "A"], party, at: "$").count == 1)
        #expect(description.faults(of: ["name": "A", "address": 1], party, at: "$").count == 1)
        #expect(description.faults(of: ["name": "A", "address": NSNull(), "x": 1], party, at: "$").count == 1)
        let kind: [String: Any] = ["type": ["string", "null"], "enum": ["a", NSNull()]]
        #expect(description.faults(of: "b", kind, at: "$").count == 1)
        #expect(description.faults(of: NSNull(), kind, at: "$").isEmpty)
    }
}
