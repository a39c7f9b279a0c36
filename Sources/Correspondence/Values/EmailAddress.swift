// An addr-spec (RFC 5322 section 3.4.1), refused when it could carry a command or a header.

/// Kept as written; compared by `key`. An address that holds a control character, a space or an angle bracket cannot
/// be made: what reaches an SMTP command line is an `EmailAddress` (libcurl does not check it).
package struct EmailAddress: Hashable, Sendable, Codable, CustomStringConvertible {
    package let localPart: String
    package let domain: String

    /// The longest address taken (RFC 5321 section 4.5.3.1.3 says 254 for a path's inside; some room for IDN).
    package static let lengthLimit = 320

    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.lengthLimit, let at = text.lastIndex(of: "@") else { return nil }
        let local = String(text[..<at])
        let domain = String(text[text.index(after: at)...])
        guard !local.isEmpty, !domain.isEmpty, !domain.hasPrefix("."), !domain.hasSuffix(".") else { return nil }
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if value <= 0x20 || (0x7F...0xA0).contains(value) || value == 0x3C || value == 0x3E { return nil }
            if value == 0x2028 || value == 0x2029 || value == 0xFEFF { return nil }
        }
        guard !domain.contains("@"), !domain.contains(","), !domain.contains(";"), !domain.contains("\"") else {
            return nil
        }
        localPart = local
        self.domain = domain
    }

    package var text: String { "\(localPart)@\(domain)" }
    package var description: String { text }

    /// Lower case throughout: what addresses are compared and counted by.
    package var key: String { text.lowercased() }

    /// `support+abc@x` without its detail: `support@x` (RFC 5233).
    package var withoutDetail: EmailAddress {
        guard let plus = localPart.firstIndex(of: "+"), plus != localPart.startIndex else { return self }
        return EmailAddress("\(localPart[..<plus])@\(domain)") ?? self
    }

    /// `abc` of `support+abc@x`, nil without one.
    package var detail: String? {
        guard let plus = localPart.firstIndex(of: "+") else { return nil }
        return String(localPart[localPart.index(after: plus)...])
    }

    package static func == (left: EmailAddress, right: EmailAddress) -> Bool { left.key == right.key }

    package func hash(into hasher: inout Hasher) { hasher.combine(key) }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let address = EmailAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an email address"))
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A display name with its address: a mailbox in RFC 5322's words. The address is kept as text as well, because a
/// reader must show what a broken header said.
package struct NamedAddress: Hashable, Sendable, Codable {
    package var name: String?
    package var address: EmailAddress

    package init(name: String? = nil, address: EmailAddress) {
        self.name = name
        self.address = address
    }
}
