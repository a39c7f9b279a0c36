// Keeps one mailbox session running: a session that ends is begun again, later and later.

import Correspondence
import Logging
import ServiceLifecycle

/// The pure half: how long to wait after a session ended.
package struct ReconnectRule: Sendable {
    package static let first = Duration.seconds(1)
    package static let ceiling = Duration.minutes(5)
    /// What a human must mend is asked rarely: asking on locks accounts.
    package static let afterPermanent = Duration.minutes(30)
    /// A session that lasted this long was healthy.
    package static let healthy = Duration.seconds(60)

    private var failures = 0
    private var permanentFailures = 0

    package init() {}

    /// `chance` from 0 to 1 spreads the wait over its second half.
    package mutating func pause(afterSessionOf length: Duration, isTemporary: Bool, chance: Double) -> Duration {
        if length >= Self.healthy { self = ReconnectRule() }
        if !isTemporary {
            permanentFailures += 1
            return permanentFailures < 3 ? .minutes(1) : Self.afterPermanent
        }
        failures += 1
        let doubled = Self.first.microseconds << min(failures - 1, 12)
        let whole = min(doubled, Self.ceiling.microseconds)
        return .microseconds(Int64(Double(whole) * (0.5 + 0.5 * chance)))
    }
}

struct MailboxWatch: Service {
    let source: any MailboxSource
    let door: MailboxDoor
    let surroundings: Surroundings
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var rule = ReconnectRule()
            while !Task.isCancelled {
                let began = surroundings.now()
                do throws(MailboxError) {
                    try await source.run(door)
                    // No session ends so by its contract; one that did would be begun again without a pause.
                    throw MailboxError(.other, detail: "the session ended without a reason")
                } catch {
                    if Task.isCancelled { return }
                    door.failed(error.description)
                    let pause = rule.pause(
                        afterSessionOf: surroundings.now() - began, isTemporary: error.isTemporary,
                        chance: Double(surroundings.randomBytes(1)[0]) / 255)
                    logger.error(
                        "mailbox session ended",
                        metadata: ["mailbox": "\(source.name)", "error": "\(error)", "again in": "\(pause)"])
                    try? await Task.sleep(for: pause)
                }
            }
        }
    }
}
