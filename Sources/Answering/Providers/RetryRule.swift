// What is tried again after a call to a provider, and when: pure, so that every fault has its line in a table.

import Correspondence
import Foundation

/// Never again: what a human must change (key, spend limit, request). Again, a few times, within the whole budget: what
/// may pass. A `Retry-After` is the least wait.
struct RetryRule {
    static let tries = 4
    private static let firstWait = Duration.milliseconds(500)
    private static let longestWait = Duration.seconds(8)

    enum Step: Equatable {
        case retry(after: Duration)
        case fail(AnswererError.Code, String, ModelFailure.Reach)
    }

    /// Codes of a 429 (or 400 and 403) that no waiting heals.
    private static let spent: Set<String> = [
        "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "enforced_spend_limit_reached",
        "billing_error", "billing_hard_limit_reached", "access_terminated",
    ]

    /// `attempt` counts from 1; `left` is what remains of the budget; `chance` is from 0 to 1.
    static func after(
        status: Int, headers: [(name: String, value: String)], fault: ModelFault, name: String, attempt: Int,
        left: Duration, chance: Double, now: Instant
    ) -> Step {
        let what = "\(name) answered \(status)\(fault.code.isEmpty ? "" : " (\(fault.code.prefix(60)))")"
        if spent.contains(fault.code) {
            let why = "the account's limit is reached; raise it or wait for the next period"
            return .fail(.refused, "\(what): \(why)", .untilMended)
        }
        let told = headers.first { $0.name == "x-should-retry" }?.value
        let isRetryable =
            told == "true" || told != "false" && (status == 408 || status == 409 || status == 429 || status >= 500)
        guard isRetryable else {
            if status >= 500 || status == 429 { return .fail(.unavailable, what, .whileItLasts) }
            // A key, a right, a model or an address is the same for the next request; what this one says is not.
            let isSettings = [401, 402, 403, 404].contains(status)
            return .fail(.refused, what + advice(status), isSettings ? .untilMended : .thisRequest)
        }
        let wait = max(backoff(attempt: attempt, chance: chance), asked(headers, now: now) ?? .zero)
        guard attempt < tries, wait < left else {
            return .fail(.unavailable, "\(what) after \(attempt) \(attempt == 1 ? "try" : "tries")", .whileItLasts)
        }
        return .retry(after: wait)
    }

    static func after(
        _ error: HTTPClientError, name: String, attempt: Int, left: Duration, chance: Double
    ) -> Step {
        switch error.code {
        case .badRequest, .tls: return .fail(.refused, "\(name) could not be asked: \(error.detail)", .untilMended)
        case .tooLarge: return .fail(.badAnswer, "\(name) answered with too much", .thisRequest)
        case .cancelled: return .fail(.unavailable, "asking \(name) was cancelled", .thisRequest)
        case .timedOut where left <= .seconds(1):
            return .fail(.timedOut, "\(name) took longer than its time", .whileItLasts)
        case .timedOut, .unknownHost, .refused, .cutOff, .other:
            let wait = backoff(attempt: attempt, chance: chance)
            guard attempt < tries, wait < left else {
                let code: AnswererError.Code = error.code == .timedOut ? .timedOut : .unavailable
                return .fail(code, "\(name) could not be asked: \(error.detail)", .whileItLasts)
            }
            return .retry(after: wait)
        }
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401: ": the key is not accepted; check answering.api-key"
        case 402: ": the account must be paid for"
        case 403: ": the key may not do this; check its rights"
        case 404: ": no such model or address; check answering.model and answering.base-url"
        case 413: ": the request is too large"
        default: ": the request is not accepted"
        }
    }

    /// Half a second, doubling to eight, with up to a quarter taken off at random.
    private static func backoff(attempt: Int, chance: Double) -> Duration {
        let doubled = firstWait * Int(1 << min(attempt - 1, 8))
        let base = min(doubled, longestWait)
        return .microseconds(Int64(Double(base.microseconds) * (1 - 0.25 * min(1, max(0, chance)))))
    }

    /// `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110 section 10.2.3).
    private static func asked(_ headers: [(name: String, value: String)], now: Instant) -> Duration? {
        if let text = headers.first(where: { $0.name == "retry-after-ms" })?.value, let value = Double(text), value >= 0
        {
            return .milliseconds(Int64(min(value, 86_400_000)))
        }
        guard let text = headers.first(where: { $0.name == "retry-after" })?.value else { return nil }
        if let seconds = Double(text), seconds >= 0 { return .milliseconds(Int64(min(seconds, 86_400) * 1000)) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { max(.zero, Instant($0) - now) }
    }
}
