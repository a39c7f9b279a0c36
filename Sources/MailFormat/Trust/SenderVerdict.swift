// Whether the From can be believed: trusted results only, aligned with the one From (RFC 8601 section 5, RFC 7489).
import Correspondence

/// A receiving server puts its results on top and then, below them, the Received it wrote when the mail came in; what
/// stands further down was there before and may be anybody's. A server that wrote no results must not lend its name to
/// those a sender put there.
enum SenderVerdict {
    static func judge(_ headers: HeaderBlock, from: NamedAddress?, trust: AuthenticationTrust) -> Verification {
        guard let from else { return unverified("no single From") }
        let lines = headers.all("from")
        guard lines.count == 1 else { return unverified("more than one From") }
        if trust != .nobody {
            if let oddity = headers.oddity { return unverified(oddity) }
            // What we read must be what everybody reads.
            guard let address = SingleMailbox.address(lines[0]), address.utf8.elementsEqual(from.address.text.utf8)
            else { return unverified("a From that can be read in two ways") }
        }
        let trusted: [AuthenticationResults]
        switch trust {
        case .nobody: return unverified("no trusted result")
        case .everyone: return Verification(isVerified: true, reason: "vouched for by the channel")
        case .firstPosition:
            guard let first = headers.first("authentication-results") else { return unverified("no result") }
            guard let results = AuthenticationResults(first) else { return unverified("a result that cannot be read") }
            trusted = [results]
        case .servers(let servers, let below):
            trusted = results(above: headers, by: Set(servers.map { $0.lowercased() }), below: below)
        }
        guard !trusted.isEmpty else { return unverified("no trusted result") }
        let domain = DomainName.key(from.address.domain)
        // One failed DMARC of a trusted server outweighs every pass.
        for results in trusted {
            if results.results.contains(where: { $0.method == "dmarc" && $0.value == "fail" }) {
                return unverified("dmarc=fail\(by(results))")
            }
        }
        for results in trusted {
            for result in results.results where result.value == "pass" {
                if let proof = proof(result, domain) {
                    return Verification(isVerified: true, reason: "\(proof)\(by(results))")
                }
            }
        }
        return unverified("no aligned pass\(by(trusted[0]))")
    }

    private static func unverified(_ reason: String) -> Verification { Verification(isVerified: false, reason: reason) }

    private static func by(_ results: AuthenticationResults) -> String {
        results.server.isEmpty ? "" : " by \(results.server)"
    }

    /// The first trusted results from the top, as far as the `Received` of the hop where the mail came in from outside.
    ///
    /// Above that line a receiving server writes its results, and hops inside (`Received.isInside`) may stand over them.
    /// Below it anything may be forged, also results in our server's name: they are believed there only of a server
    /// that is known or said to write its results below its own line, and then only the first one.
    private static func results(above headers: HeaderBlock, by servers: Set<String>, below: Bool)
        -> [AuthenticationResults]
    {
        let below = below ? servers : servers.intersection(writeBelow)
        var found: [AuthenticationResults] = []
        var isBelowItsOwnLine = false
        for field in headers.fields {
            if field.name == "received" {
                guard found.isEmpty, !isBelowItsOwnLine else { break }
                let hop = Received(headers.value(of: field))
                if hop.isWritten(by: below) {
                    isBelowItsOwnLine = true
                } else if !hop.isInside(of: servers) {
                    break
                }
            } else if field.name == "authentication-results" {
                // One that cannot be read may be the trusted server's own; what stands below it is nobody's then.
                guard let results = AuthenticationResults(headers.value(of: field)) else { return [] }
                guard (isBelowItsOwnLine ? below : servers).contains(results.server) else { continue }
                found.append(results)
                if isBelowItsOwnLine { break }
            }
        }
        return found
    }

    /// Servers that always write results of their own, and write them below their own `Received`.
    private static let writeBelow: Set<String> = ["mx.google.com"]

    private static func proof(_ result: AuthenticationResults.Result, _ domain: String) -> String? {
        switch result.method {
        case "dmarc":
            // A pass for an unnamed domain may be one for another From than the one we read.
            guard let from = result.properties["header.from"] else { return nil }
            return bare(from) == domain ? "dmarc=pass" : nil
        case "dkim":
            guard let signer = result.properties["header.d"] ?? result.properties["header.i"] else { return nil }
            return isAligned(bare(signer), domain) ? "dkim=pass" : nil
        case "spf":
            guard let sender = result.properties["smtp.mailfrom"] ?? result.properties["smtp.mail"] else { return nil }
            return isAligned(bare(sender), domain) ? "spf=pass" : nil
        default: return nil
        }
    }

    /// The domain of `user@domain`, `@domain` or `domain`.
    private static func bare(_ value: String) -> String {
        let domain = value.split(separator: "@").last.map(String.init) ?? ""
        return DomainName.key(domain.filter { $0 != "<" && $0 != ">" })
    }

    /// Relaxed alignment without a list of public suffixes: the same domain, or one below the other with at least two
    /// labels of its own.
    static func isAligned(_ signer: String, _ from: String) -> Bool {
        guard !signer.isEmpty, signer.contains(".") else { return false }
        if signer == from { return true }
        if from.hasSuffix("." + signer) { return !PublicSuffix.isLikely(signer) }
        return signer.hasSuffix("." + from) && !PublicSuffix.isLikely(from)
    }
}
