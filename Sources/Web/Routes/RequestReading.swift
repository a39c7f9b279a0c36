// What routes read from requests: JSON bodies, forms, identifiers, with limits and a deadline.

import Correspondence
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// JSON and forms.
    static let smallBody = 256 * 1024
    /// A body must be there by then; a connection that is slower is closed.
    static let bodyDeadline = TimeAmount.seconds(30)

    func bytes(upTo limit: Int, context: WebContext, deadline: TimeAmount = Request.bodyDeadline) async throws
        -> [UInt8]
    {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit {
            throw Problem.tooLarge(limit)
        }
        let channel = context.channel
        let late = channel.eventLoop.scheduleTask(in: deadline) { channel.close(promise: nil) }
        defer { late.cancel() }
        do {
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLarge(limit)
        }
    }

    func json<Value: Decodable>(_ type: Value.Type, context: WebContext) async throws -> Value {
        let mediaType = headers[.contentType]?.split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard mediaType?.lowercased() == "application/json" else {
            throw Problem(.unsupportedMediaType, code: "mediaType", detail: "send application/json")
        }
        let bytes = try await bytes(upTo: Self.smallBody, context: context)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch DecodingError.keyNotFound(let key, _) {
            throw Problem.invalid("\"\(key.stringValue)\" is missing")
        } catch DecodingError.typeMismatch(let wanted, let context) {
            throw Problem.invalid("\(Self.place(context)) must be \(Self.words(for: wanted))")
        } catch DecodingError.valueNotFound(let wanted, let context) {
            throw Problem.invalid("\(Self.place(context)) must be \(Self.words(for: wanted)), not null")
        } catch {
            throw Problem.invalid("the body is not the JSON that this call takes")
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        return path.isEmpty ? "the body" : "\"\(path.joined(separator: "."))\""
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "a JSON list"
        default: "a JSON object"
        }
    }

    /// `application/x-www-form-urlencoded`, the last of equal names.
    func form(context: WebContext) async throws -> [String: String] {
        Form.parse(String(decoding: try await bytes(upTo: Self.smallBody, context: context), as: UTF8.self))
    }

    func query(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map(String.init)
    }

    /// 1 to `most`.
    func limit(_ standard: Int, most: Int) throws(Problem) -> Int {
        guard let text = query("limit") else { return standard }
        guard let limit = Int(text), (1...most).contains(limit) else {
            throw Problem.invalid("\"limit\" is a number from 1 to \(most)")
        }
        return limit
    }

    /// nil without it; a value that is none of the kind is an error that names all.
    func choice<Value: RawRepresentable & CaseIterable>(_ name: String, _ type: Value.Type) throws(Problem) -> Value?
    where Value.RawValue == String {
        guard let text = query(name), !text.isEmpty else { return nil }
        return try Request.choice(name, text, type)
    }

    static func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, _ text: String, _ type: Value.Type
    ) throws(Problem) -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: text) else {
            let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid("\"\(name)\" is one of \(all)")
        }
        return value
    }
}

extension EmailAddress {
    /// What is none is an error that names the field.
    static func read(_ text: String, named name: String) throws(Problem) -> EmailAddress {
        guard let address = EmailAddress(text.trimmingCharacters(in: .whitespaces)) else {
            throw Problem.invalid("\"\(name)\" is not an email address")
        }
        return address
    }
}

enum Form {
    static let fieldLimit = 50

    static func parse(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&").prefix(fieldLimit) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.map(decoded) else { continue }
            fields[name] = parts.count > 1 ? decoded(parts[1]).replacing("\r\n", with: "\n") : ""
        }
        return fields
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension WebContext {
    /// An id in the path; what cannot be one is not found.
    func identifier<Kind>(_ name: String) throws(Problem) -> Identifier<Kind> {
        guard let text = parameters.get(name), !text.isEmpty, text.utf8.count <= 64,
            text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) })
        else { throw .notFound("record") }
        return Identifier(text)
    }

    func number(_ name: String) throws(Problem) -> Int {
        guard let text = parameters.get(name), let number = Int(text), number > 0 else { throw .notFound("ticket") }
        return number
    }
}
