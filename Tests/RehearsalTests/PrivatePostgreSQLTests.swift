// A private PostgreSQL starts, makes databases, survives a kill, and stops without a trace.

import Correspondence
import Foundation
import Rehearsal
import TestSupport
import Testing

@Suite(.needs(.postgreSQL))
struct PrivatePostgreSQLTests {
    @Test func `Each database is its own, reached by socket and by loopback`() async throws {
        let server = try await TestServers.postgreSQL()
        let psql = try ChildCommand.locate("psql")
        let first = try await TestServers.database()
        let second = try await TestServers.database()
        try await FinishedProcess.run(ChildCommand(psql, ["-X", "-c", "CREATE TABLE t (a TEXT)", first]))
        let other = try await FinishedProcess.runToAnyEnd(ChildCommand(psql, ["-X", "-c", "SELECT * FROM t", second]))
        #expect(other.ending == .exited(1))
        let name = try #require(first.split(separator: "/").last?.split(separator: "?").first.map(String.init))
        let loopback = server.loopbackURL(of: name).revealed
        let words = try await FinishedProcess.run(
            ChildCommand(
                psql, ["-X", "-A", "-t", "-c", "SELECT count(*), current_setting('lc_collate') FROM t", loopback]))
        #expect(words.output == "0|C\n")
    }

    @Test func `What was committed is there after a kill, and nothing is left after a stop`() async throws {
        let folder = try TestFolder.make("postgresql")
        let server = try PrivatePostgreSQL(in: folder)
        let began = ContinuousClock.now
        try await server.start()
        print("PostgreSQL started in \(ContinuousClock.now - began)")
        try await server.run("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('kept')")
        await server.kill()
        #expect(!server.isRunning)
        try await waitUntil("no process of this server") { try processes(naming: folder).isEmpty }
        try await server.start()
        #expect(try await server.run("SELECT a FROM t") == "kept\n")
        await server.stop()
        #expect(try processes(naming: folder).isEmpty)
    }
}
