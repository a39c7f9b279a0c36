// How a model failed, and whom the same failure will meet next.

import Correspondence

/// What `AnswererChain` and its breakers go by; everybody else sees the error alone.
struct ModelFailure: Error {
    enum Reach: Equatable {
        /// Another request may fare better: a bad answer, a request too large.
        case thisRequest
        /// Whoever asks now: the provider is down, busy or slow.
        case whileItLasts
        /// Everybody, until a human changes something: key, limit, model, address.
        case untilMended
    }
    let error: AnswererError
    let reach: Reach

    init(_ error: AnswererError, _ reach: Reach) {
        self.error = error
        self.reach = reach
    }
}
