// What can go wrong with a private server or a watched child, and what to do about it.

import Correspondence

package struct RehearsalFailure: Failure {
    package enum Code: String, Sendable, CaseIterable {
        /// A program is not on this machine.
        case notInstalled
        /// This account or folder cannot do it (Postfix without root, a folder the server's account cannot reach).
        case notPossibleHere
        /// The child could not be started, or ended before it was ready.
        case didNotStart
        /// It runs, but the awaited condition did not come within its time.
        case notInTime
        /// A helper program ended with an error.
        case failed
        /// The peer refused a command for good (5xx), or spoke no SMTP at all.
        case refused
        /// The peer refused for now (4xx), or the connection ended.
        case notNow
        /// A file could not be read or written.
        case folder
    }

    package let code: Code
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    package var isTemporary: Bool { code == .notInTime || code == .notNow }

    package var publicText: String {
        switch code {
        case .notInstalled: "A program needed here is not installed"
        case .notPossibleHere: "This cannot be done with this account or in this place"
        case .didNotStart: "A server did not start"
        case .notInTime: "Something did not happen in time"
        case .failed: "A program ended with an error"
        case .refused: "A server refused"
        case .notNow: "A server refused for now"
        case .folder: "A file could not be read or written"
        }
    }
}
