// Postfix's smtp-source: the fastest sender we know, which the outbox is measured against.

package enum SMTPSource {
    package static var isInstalled: Bool { ChildCommand.find("smtp-source") != nil }

    /// Sends `count` mails of `size` bytes over `sessions` connections, each used again and again, and says how long
    /// the whole took. Throws `failed` when one was not accepted.
    package static func run(
        to port: UInt16, count: Int, size: Int = 4096, sessions: Int = 1, from sender: String = "source@load.example",
        recipient: String = "sink@load.example"
    ) async throws -> Duration {
        let command = try ChildCommand(
            ChildCommand.locate("smtp-source"),
            [
                "-d", "-s", String(sessions), "-m", String(count), "-l", String(size), "-f", sender, "-t", recipient,
                "127.0.0.1:\(port)",
            ])
        return try await ContinuousClock().measure {
            try await FinishedProcess.run(command, within: .seconds(300))
        }
    }
}
