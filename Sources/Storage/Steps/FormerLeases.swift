// What an embedded store's former process still held when it ended without giving it back.

import Correspondence

/// One process holds the store's lock: whoever opens it knows that every lease is a dead one's, and need not wait until
/// it runs out. Where several nodes share a store nobody knows that.
///
/// The claims count as attempts, as they do when a lease runs out: a mail that takes the program down with it must be
/// found out. Only of deliveries it is known which had begun; those that had not were no attempt.
enum FormerLeases {
    static func release(on database: any SQLDatabase) async throws(StoreError) {
        try await database.write(mustLast: false) { sql in
            try sql.execute(
                """
                UPDATE work SET attempts = attempts - 1
                WHERE leased = 1 AND kind IN ('deliver', 'notify')
                    AND subject NOT IN (SELECT id FROM outbox WHERE state = 'sending')
                """, [])
            // Due before what was never claimed: it came first, and a follow-up must not overtake it.
            try sql.execute("UPDATE work SET leased = 0, due_at = 0 WHERE leased = 1", [])
        }
    }
}
