// One Received header, as far as it tells which server took the mail from whom (RFC 5321 section 4.4).

/// The name a client gives of itself (`from NAME`) is its own invention; what the server found out stands in the comment
/// directly behind it, and how it was spoken to in the `with` clause.
struct Received {
    private let from: String?
    private let by: String?
    private let with: String?
    /// The words of the comment directly behind `from NAME`; none if it bears a remark.
    private let peer: [String]

    /// Lower case throughout. `from`, `by` and `with` are read where they belong and nowhere else.
    init(_ value: [UInt8]) {
        let (words, comment, hasRemark) = Self.parts(Array(value.prefix(MailLimits.received)))
        var clauses: [String: String] = [:]
        var rest = words[...]
        for name in ["from", "by", "via", "with"] where rest.first == name && rest.count > 1 {
            clauses[name] = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        }
        from = clauses["from"]
        by = clauses["by"]
        with = clauses["with"]
        peer = from == nil || hasRemark ? [] : comment
    }

    func isWritten(by servers: Set<String>) -> Bool { Self.isAmong(servers, by) }

    /// Whether nobody outside can have handed the mail over on this hop: by LMTP, from this very machine, from one of
    /// the trusted servers as the receiver found it (by the name it looked up itself), or within Google.
    func isInside(of servers: Set<String>) -> Bool {
        if let with, with.hasPrefix("lmtp") { return true }
        // Google's own hops name no peer; `2002:a05:` is 10.5.0.0/16 in 6to4 form.
        if from == nil { return by?.hasPrefix("2002:a05:") == true && servers.contains("mx.google.com") }
        let address = peer.lazy.compactMap(Self.address).first
        if let address, Self.isLoopback(address) { return true }
        guard Self.isAmong(servers, from) else { return false }
        if Self.isAmong(servers, peer.first) { return true }
        guard let address, Self.isPrivate(address), let found = peer.first else { return false }
        return isPrivatePeer(found, of: servers)
    }

    /// A private address proves nothing by itself: behind a forwarding gateway (a container's bridge) everybody outside
    /// has one, and `from` is what they say of themselves. Names of private addresses are given inside: one that begins
    /// as a trusted server's does (`mx`, `mx.internal`) is that server's, `unknown` is nobody's. Where the receiver never
    /// looks names up (`(172.16.0.9)`, as Exchange writes), another machine than the server itself must have received it.
    private func isPrivatePeer(_ found: String, of servers: Set<String>) -> Bool {
        if Self.address(found) != nil { return !found.hasPrefix("[") && !isWritten(by: servers) }
        let host = found.prefix { $0 != "." }
        return servers.contains { $0.prefix { $0 != "." } == host }
    }

    private static func isAmong(_ servers: Set<String>, _ host: String?) -> Bool {
        guard let host else { return false }
        return servers.contains { host == $0 || host.hasSuffix(".\($0)") }
    }

    // MARK: Addresses

    /// `[10.0.0.1]`, `[IPv6:fd00::1]` or a bare IPv4 address; nil for a name.
    private static func address(_ word: String) -> String? {
        if word.hasPrefix("["), let end = word.firstIndex(of: "]") {
            let inner = word[word.index(after: word.startIndex)..<end]
            return inner.hasPrefix("ipv6:") ? String(inner.dropFirst(5)) : String(inner)
        }
        return octets(word) == nil ? nil : word
    }

    private static func octets(_ address: String) -> [UInt8]? {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { UInt8($0) }
        return parts.count == 4 && octets.count == 4 ? octets : nil
    }

    private static func isLoopback(_ address: String) -> Bool {
        if let octets = octets(address) { return octets[0] == 127 }
        return address == "::1"
    }

    private static func isPrivate(_ address: String) -> Bool {
        if let octets = octets(address) {
            return octets[0] == 10 || (octets[0] == 172 && octets[1] & 0xF0 == 16)
                || (octets[0] == 192 && octets[1] == 168)
        }
        // Unique local addresses, fc00::/7 (RFC 4193).
        return address.contains(":") && (address.hasPrefix("fc") || address.hasPrefix("fd")) && address.first != ":"
    }

    // MARK: Words

    /// The words outside comments, and those of the first comment if it follows the second word. What is nested in it
    /// is a remark upon it, as sendmail's `(may be forged)`.
    private static func parts(_ value: [UInt8]) -> (words: [String], comment: [String], hasRemark: Bool) {
        var depth = 0
        var flat: [UInt8] = []
        var comment: [UInt8] = []
        var isPeer = false
        var hasComment = false
        var hasRemark = false
        for byte in value {
            if byte == 40 {
                if depth == 0, !hasComment {
                    isPeer = split(flat).count == 2
                    hasComment = true
                }
                depth += 1
                hasRemark = hasRemark || (isPeer && depth > 1)
            } else if byte == 41, depth > 0 {
                depth -= 1
                if depth == 0 {
                    isPeer = false
                    flat.append(32)
                }
            } else if depth == 0 {
                flat.append(byte)
            } else if isPeer, depth == 1 {
                comment.append(byte)
            }
        }
        return (split(flat), split(comment), hasRemark)
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).lowercased()
            .split { $0 == " " || $0 == "\t" || $0 == ";" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }.map(String.init)
    }
}
