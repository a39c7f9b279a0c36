// A certificate for localhost and the small authority that signed it, made by openssl.

import Foundation
import Glibc

/// The certificate is good for `localhost` and `127.0.0.1`, on this machine only: nobody else believes its authority.
package struct TLSIdentity: Sendable {
    /// PEM file of the authority: what a client is told to trust (`ca:` in the settings).
    package let authorities: String
    /// PEM file of the certificate.
    package let certificate: String
    /// PEM file of its private key.
    package let key: String

    /// Makes the three files in `folder`, or takes those that are there. An unprivileged server can read them.
    package static func make(in folder: String, for account: ServiceAccount? = nil) async throws -> TLSIdentity {
        let identity = TLSIdentity(
            authorities: "\(folder)/authorities.pem", certificate: "\(folder)/certificate.pem", key: "\(folder)/key.pem"
        )
        if access(identity.certificate, F_OK) == 0 { return identity }
        let openssl = try ChildCommand.locate("openssl")
        try PrivateFolder.make(folder, mode: 0o755)
        let authorityKey = "\(folder)/authority-key.pem"
        let fresh = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
        ]
        try await FinishedProcess.run(
            ChildCommand(
                openssl,
                fresh + [
                    "-subj", "/CN=Rehearsal Authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                    "-keyout", authorityKey, "-out", identity.authorities,
                ]))
        try await FinishedProcess.run(
            ChildCommand(
                openssl,
                fresh + [
                    "-CA", identity.authorities, "-CAkey", authorityKey, "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth",
                    "-keyout", identity.key, "-out", identity.certificate,
                ]))
        chmod(identity.authorities, 0o644)
        chmod(identity.certificate, 0o644)
        try PrivateFolder.give(identity.key, to: account)
        return identity
    }
}
