// After the wall clock was set back between two runs: work that was due must not wait for the same hour once more.

import Correspondence

/// The embedded store's clock begins with the wall clock's at each start. What was written under a clock that was ahead
/// lies in the future; how far, nobody knows, but nothing is ever put off for longer than `limits` say.
enum ClockStep {
    /// What was never claimed is due at once, but notices, which stand back for others; what was claimed may have been
    /// put off (`RetrySchedule` goes up to 4 h and a fifth).
    private static let limits: [(condition: String, ahead: Duration)] = [
        ("kind = 'read' OR kind = 'draft'", .minutes(1)),
        ("attempts = 0 AND (kind = 'deliver' OR kind = 'notify')", .zero),
        ("kind = 'tell'", .hours(1)),
        ("kind = 'deliver' OR kind = 'notify'", .hours(5)),
    ]

    static func mend(_ sql: any SQLTransaction, now: Instant) throws(StoreError) {
        for limit in limits {
            try sql.execute(
                "UPDATE work SET due_at = ? WHERE leased = 0 AND due_at > ? AND (\(limit.condition))",
                [now, now + limit.ahead])
        }
    }
}
