// Somebody with a mailbox and a password on the private servers.

package import Correspondence

package struct MailUser: Hashable, Sendable {
    package let address: EmailAddress
    package let password: Secret

    /// The password is made of what may stand in a line of a password file: letters, digits, `-._`.
    package init(_ address: EmailAddress, password: String = "rehearsal") throws {
        let plain = password.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard plain, !password.isEmpty else {
            throw RehearsalFailure(.notPossibleHere, "the password of \(address) may hold letters, digits and -._ only")
        }
        let safe = address.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A && $0 != 0x2F }
        guard safe, address.key.hasSuffix(".example"), address.detail == nil else {
            throw RehearsalFailure(
                .notPossibleHere,
                "\(address) cannot be a user here: it must end in .example, without \":\", \"/\" and \"+\"")
        }
        self.address = address
        self.password = Secret(password)
    }

    package init(_ address: String, password: String = "rehearsal") throws {
        guard let parsed = EmailAddress(address) else {
            throw RehearsalFailure(.notPossibleHere, "\"\(address)\" is no address")
        }
        try self.init(parsed, password: password)
    }

    /// What the servers know the user by: lower case, as Dovecot makes every name.
    var login: String { address.key }
}
