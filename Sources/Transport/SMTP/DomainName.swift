// Domains beyond ASCII as the wire takes them: A-labels by libidn2 (RFC 5891).

import CIDN2

enum DomainName {
    /// Why a domain cannot be written in ASCII, in libidn2's words.
    struct NoALabel: Error {
        let words: String
    }

    /// The domain as it stands if it is ASCII. `bücher.example` becomes `xn--bcher-kva.example`: put into normal form and
    /// lower case (UTS #46, nontransitional), and checked as for a look-up in the DNS.
    static func ascii(_ domain: String) throws(NoALabel) -> String {
        if domain.utf8.allSatisfy({ $0 < 0x80 }) { return domain }
        var found: UnsafeMutablePointer<UInt8>?
        let flags = Int32(bitPattern: UInt32(IDN2_NFC_INPUT.rawValue) | UInt32(IDN2_NONTRANSITIONAL.rawValue))
        let code = domain.withCString { text in
            text.withMemoryRebound(to: UInt8.self, capacity: domain.utf8.count + 1) {
                idn2_lookup_u8($0, &found, flags)
            }
        }
        defer { idn2_free(found) }
        guard code == IDN2_OK.rawValue, let found else { throw NoALabel(words: String(cString: idn2_strerror(code))) }
        return String(cString: found)
    }
}
