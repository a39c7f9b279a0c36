// The HTTPClient seam over the curl engine: what is checked before libcurl sees it, and cancellation.

package import Correspondence
import Foundation
import Synchronization

/// Safe from any task; holds no state but the engine. Proxies are taken from the environment as curl does
/// (`HTTPS_PROXY`, `NO_PROXY`).
package struct CurlHTTPClient: HTTPClient {
    private let engine: CurlEngine

    package init(engine: CurlEngine = .shared) {
        self.engine = engine
    }

    package func send(_ call: HTTPCall) async throws(HTTPClientError) -> HTTPAnswer {
        let host = try Self.check(call)
        let started = Mutex<(transfer: HTTPTransfer?, isCancelled: Bool)>((nil, false))
        let engine = engine
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: CheckedContinuation<HTTPTransfer.Outcome, Never>) in
                let transfer = HTTPTransfer(call, host: host, waiter: waiter)
                let isCancelled = started.withLock { state in
                    state.transfer = transfer
                    return state.isCancelled
                }
                engine.start(transfer)
                if isCancelled { engine.cancel(transfer) }
            }
        } onCancel: {
            let transfer = started.withLock { state in
                state.isCancelled = true
                return state.transfer
            }
            if let transfer { engine.cancel(transfer) }
        }
        return try outcome.get()
    }

    /// The host, for error texts: a URL's query may hold a key and is never repeated.
    private static func check(_ call: HTTPCall) throws(HTTPClientError) -> String {
        guard call.url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            let parts = URLComponents(string: call.url), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https"
        else { throw HTTPClientError(.badRequest, detail: "not an http or https address") }
        guard isToken(call.method) else {
            throw HTTPClientError(.badRequest, detail: "not a method of HTTP, for \(host)")
        }
        for header in call.headers {
            guard isToken(header.name), header.value.utf8.allSatisfy({ $0 != 13 && $0 != 10 && $0 != 0 }) else {
                throw HTTPClientError(.badRequest, detail: "a header for \(host) holds a line end or a NUL")
            }
        }
        return host
    }

    /// RFC 9110 section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || marks.contains(byte)
            }
    }
}
