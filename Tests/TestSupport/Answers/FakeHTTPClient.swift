// An HTTP client whose answers a test writes.

package import Correspondence
import Synchronization

package final class FakeHTTPClient: HTTPClient {
    package typealias Script = @Sendable (_ call: HTTPCall, _ number: Int) throws(HTTPClientError) -> HTTPAnswer

    private let script: Script
    private let heard = Mutex<[HTTPCall]>([])

    /// `number` counts calls from 1.
    package init(_ script: @escaping Script) {
        self.script = script
    }

    /// Every call, in order.
    package var calls: [HTTPCall] { heard.withLock { $0 } }

    package func send(_ call: HTTPCall) async throws(HTTPClientError) -> HTTPAnswer {
        let number = heard.withLock { calls in
            calls.append(call)
            return calls.count
        }
        return try script(call, number)
    }
}

extension HTTPAnswer {
    package init(_ status: Int, _ body: String, headers: [(name: String, value: String)] = []) {
        self.init(status: status, headers: headers, body: Array(body.utf8))
    }
}
