// The account a private server runs under: our own, or an unprivileged one when we are root.

import Foundation
import Glibc

/// A user and group of this machine.
package struct ServiceAccount: Hashable, Sendable {
    package let name: String
    package let group: String
    package let uid: UInt32
    package let gid: UInt32

    /// Whether this process is root, which Dovecot and PostgreSQL do not need and Postfix does.
    package static var weAreRoot: Bool { geteuid() == 0 }

    /// Who private servers run as: nobody when we are root, else ourselves.
    package static func unprivileged() throws -> ServiceAccount {
        if weAreRoot {
            guard let nobody = named("nobody") else {
                throw RehearsalFailure(.notPossibleHere, "no account \"nobody\" to run servers under; add one")
            }
            return nobody
        }
        guard let own = entry({ getpwuid_r(geteuid(), $0, $1, $2, $3) }) else {
            throw RehearsalFailure(.notPossibleHere, "uid \(geteuid()) has no entry in the password file; add one")
        }
        return own
    }

    /// The account of that name, nil when there is none.
    package static func named(_ name: String) -> ServiceAccount? {
        entry { getpwnam_r(name, $0, $1, $2, $3) }
    }

    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private static func entry(_ lookup: Lookup) -> ServiceAccount? {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            guard let base = buffer.baseAddress, lookup(&record, base, buffer.count, &found) == 0, found != nil else {
                return nil
            }
            return ServiceAccount(
                name: String(cString: record.pw_name), group: groupName(record.pw_gid), uid: record.pw_uid,
                gid: record.pw_gid)
        }
    }

    private static func groupName(_ gid: gid_t) -> String {
        var record = GroupEntry()
        var found: UnsafeMutablePointer<GroupEntry>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { buffer in
            guard let base = buffer.baseAddress, getgrgid_r(gid, &record, base, buffer.count, &found) == 0, found != nil
            else { return String(gid) }
            return String(cString: record.gr_name)
        }
    }
}

/// C's `struct group`, whose plain name is our property's.
private typealias GroupEntry = Glibc.group
