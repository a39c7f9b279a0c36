// An addr-spec (RFC 5322 section 3.4.1), refused when it could carry a command or a header.

/// Kept as written; compared by `key`. An address that holds a control character, an angle bracket or, outside quotes, a
/// space or a mark that would begin a second address cannot be made: what reaches an SMTP command line or a header is an
/// `EmailAddress` (libcurl does not check it).
package struct EmailAddress: Hashable, Sendable, Codable, CustomStringConvertible {
    package let localPart: String
    package let domain: String

    /// The longest address taken (RFC 5321 section 4.5.3.1.3 says 254 for a path's inside; some room for IDN).
    package static let lengthLimit = 320

    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.lengthLimit else { return nil }
        if let plain = text.utf8.withContiguousStorageIfAvailable(Self.plain), let (local, domain) = plain {
            localPart = local
            self.domain = domain
            return
        }
        // By scalars throughout: a mark that combines with `@` or `<` must not hide it.
        let scalars = Array(text.unicodeScalars)
        guard scalars.allSatisfy({ Self.isHarmless($0) || $0 == " " }), let at = scalars.lastIndex(of: "@"),
            Self.isLocalPart(scalars[..<at]), Self.isDomain(scalars[(at + 1)...])
        else { return nil }
        localPart = Self.string(scalars[..<at])
        domain = Self.string(scalars[(at + 1)...])
    }

    /// Atoms and dots in ASCII on both sides of one `@`, as nearly every address is; nil for what must be looked at.
    private static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> (local: String, domain: String)? {
        var at = 0
        var before = UInt8(ascii: ".")
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                break
            case UInt8(ascii: "."): if at > 0, before == byte { return nil }
            case UInt8(ascii: "@"):
                guard at == 0, index > 0 else { return nil }
                at = index
            case UInt8(ascii: "+"), UInt8(ascii: "="): guard at == 0 else { return nil }
            default: return nil
            }
            before = byte == UInt8(ascii: "@") ? UInt8(ascii: ".") : byte
        }
        guard at > 0, before != UInt8(ascii: ".") else { return nil }
        return (
            String(decoding: UnsafeBufferPointer(rebasing: bytes[..<at]), as: UTF8.self),
            String(decoding: UnsafeBufferPointer(rebasing: bytes[(at + 1)...]), as: UTF8.self)
        )
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// No blanks (a quoted local part may have them, and is asked apart), controls, angle brackets, marks that turn the direction of writing, or characters that are the same
    /// as an ASCII one to Unicode (`K` the Kelvin sign): an address must not read as another.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 0x7F { return value > 0x20 && scalar != "<" && scalar != ">" }
        if value <= 0xA0 || (0x2028...0x202E).contains(value) || (0x2066...0x2069).contains(value) { return false }
        return value != 0xFEFF && value != 0x212A && value != 0x037E && value != 0x1FEF
    }

    /// A quoted string, blanks and all (RFC 5322 section 3.2.4), or atoms with dots wherever senders put them.
    private static func isLocalPart(_ part: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = part.first else { return false }
        if first != "\"" { return !part.contains { specials.contains($0) } }
        var isEscaped = false
        for (index, scalar) in zip(part.indices, part).dropFirst() {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "\"" {
                return index == part.endIndex - 1 && part.count > 2
            }
        }
        return false
    }

    private static let specials = Set<Unicode.Scalar>("()<>[]:;@\\,\" ".unicodeScalars)

    /// Labels of letters, digits, `-` and `_` (in any script), or an address literal in brackets.
    private static func isDomain(_ domain: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = domain.first, let last = domain.last else { return false }
        if first == "[" {
            return last == "]" && domain.count > 2
                && domain.dropFirst().dropLast().allSatisfy {
                    isLetterOrDigit($0) || "-.:_".unicodeScalars.contains($0)
                }
        }
        var before: Unicode.Scalar = "."
        for scalar in domain {
            if scalar == "." ? before == "." : !(isLetterOrDigit(scalar) || scalar == "-" || scalar == "_") {
                return false
            }
            before = scalar
        }
        return last != "."
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: scalar.value > 0x7F
        }
    }

    package var text: String { "\(localPart)@\(domain)" }
    package var description: String { text }

    /// Lower case throughout, the domain in A-labels: what addresses are compared and counted by.
    package var key: String {
        Self.isASCII(domain) ? text.lowercased() : "\(localPart.lowercased())@\(DomainName.key(domain))"
    }

    /// With its domain in A-labels, as every server takes it (RFC 5891).
    package func inALabels() throws(DomainName.NoALabel) -> EmailAddress {
        if Self.isASCII(domain) { return self }
        let ascii = try DomainName.ascii(domain)
        guard let address = EmailAddress("\(localPart)@\(ascii)") else {
            throw DomainName.NoALabel(words: "longer than an address may be")
        }
        return address
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    /// `support+abc@x` without its detail: `support@x` (RFC 5233).
    package var withoutDetail: EmailAddress {
        guard let plus = localPart.firstIndex(of: "+"), plus != localPart.startIndex else { return self }
        return EmailAddress("\(localPart[..<plus])@\(domain)") ?? self
    }

    /// `abc` of `support+abc@x`, nil without one.
    package var detail: String? {
        guard let plus = localPart.firstIndex(of: "+"), plus != localPart.startIndex else { return nil }
        return String(localPart[localPart.index(after: plus)...])
    }

    package static func == (left: EmailAddress, right: EmailAddress) -> Bool {
        guard let local = isSameASCII(left.localPart.utf8, right.localPart.utf8) else { return left.key == right.key }
        guard local else { return false }
        // `bücher.example` and its A-labels differ in ASCII letters already.
        let domain = isSameASCII(left.domain.utf8, right.domain.utf8)
        if let domain, domain || (isASCII(left.domain) && isASCII(right.domain)) { return domain }
        return left.key == right.key
    }

    /// Whether both are the same but for the case of letters; nil where another script comes before a difference.
    private static func isSameASCII(_ left: String.UTF8View, _ right: String.UTF8View) -> Bool? {
        var (left, right) = (left.makeIterator(), right.makeIterator())
        while true {
            guard let first = left.next() else { return right.next() == nil }
            guard let second = right.next() else { return false }
            if first >= 0x80 || second >= 0x80 { return nil }
            if lower(first) != lower(second) { return false }
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

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
