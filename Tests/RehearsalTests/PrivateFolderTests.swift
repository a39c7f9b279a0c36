// Servers' folders are short enough for sockets, reachable by the servers' account, and nobody else's.

import Foundation
import Glibc
import Rehearsal
import TestSupport
import Testing

struct PrivateFolderTests {
    @Test func `A fine folder is taken as it is, one too long for sockets is moved to the same short place each time`()
        throws
    {
        let base = try TestFolder.make("place")
        #expect(try PrivateFolder.place(for: "\(base)/a/../b") == "\(base)/b")
        let long = base + "/" + String(repeating: "x", count: 100)
        let short = try PrivateFolder.place(for: long)
        defer { PrivateFolder.remove(short) }
        #expect(short.utf8.count <= PrivateFolder.pathLimit)
        #expect(try PrivateFolder.place(for: long) == short)
        #expect(try PrivateFolder.place(for: long + "y") != short)
        PrivateFolder.remove(try PrivateFolder.place(for: long + "y"))
    }

    @Test(.enabled(if: ServiceAccount.weAreRoot, "only root's servers run under another account"))
    func `A folder the servers' account cannot reach is replaced`() throws {
        let base = try TestFolder.make("closed")
        chmod(base, 0o700)
        let place = try PrivateFolder.place(for: "\(base)/servers")
        defer { PrivateFolder.remove(place) }
        #expect(place.hasPrefix("/var/tmp/"))
    }

    @Test func `A place that somebody else could have made is refused`() throws {
        let long = try TestFolder.make("link") + "/" + String(repeating: "x", count: 100)
        let place = try PrivateFolder.place(for: long)
        PrivateFolder.remove(place)
        defer { PrivateFolder.remove(place) }
        try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: "/tmp")
        #expect(throws: RehearsalFailure.self) { try PrivateFolder.place(for: long) }
    }
}
