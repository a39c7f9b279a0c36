// Which address a client has: that of the connection, or what a trusted proxy says.

import Foundation

struct ProxyTrust: Sendable {
    private struct Network: Sendable {
        let bytes: [UInt8]
        let bits: Int

        init?(_ text: String) {
            let parts = text.split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let bytes = ProxyTrust.bytes(String(first)) else { return nil }
            guard parts.count == 1 || Int(parts[1]) != nil else { return nil }
            self.bytes = bytes
            bits = min(bytes.count * 8, max(0, parts.count == 2 ? Int(parts[1]) ?? 0 : bytes.count * 8))
        }

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            for index in 0..<bytes.count {
                let left = min(8, max(0, bits - index * 8))
                let mask = left == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - left))
                if address[index] & mask != bytes[index] & mask { return false }
            }
            return true
        }
    }
    private let networks: [Network]

    init(_ proxies: [String]) {
        networks = proxies.compactMap { Network($0) }
    }

    /// Walks the forwarded list from its end past every trusted proxy; the first that is none is the client.
    func client(of peer: String?, forwarded: [String]) -> String {
        guard let peer else { return "unknown" }
        var client = peer
        let hops = forwarded.joined(separator: ",").split(separator: ",").suffix(32)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        for hop in hops.reversed() {
            guard isTrusted(client), Self.bytes(hop) != nil else { break }
            client = hop
        }
        return client
    }

    private func isTrusted(_ address: String) -> Bool {
        guard let bytes = Self.bytes(address) else { return false }
        return networks.contains { $0.contains(bytes) }
    }

    /// What rates are counted by: the address, of IPv6 its /64.
    static func rateKey(_ client: String) -> String {
        guard let bytes = bytes(client), bytes.count == 16 else { return client }
        return Hex.text(Array(bytes.prefix(8)))
    }

    /// 127.0.0.0/8 or ::1.
    static func isLoopback(_ text: String) -> Bool {
        guard let bytes = bytes(text) else { return false }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    static func isAddress(_ text: String) -> Bool { bytes(text) != nil }

    /// 4 or 16 bytes; an IPv4 address mapped into IPv6 is IPv4.
    static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return Array(bytes.prefix(12)) == mapped ? Array(bytes.suffix(4)) : bytes
    }
}
