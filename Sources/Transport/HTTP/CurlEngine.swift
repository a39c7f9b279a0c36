// The one thread that owns curl_multi and with it every HTTP call.

import CCurl
import Foundation
import Synchronization

/// Calls come by a list behind a mutex and `curl_multi_wakeup`. Connections are kept and used again.
package final class CurlEngine: Sendable {
    /// The process's engine. Another one is made only by tests.
    package static let shared = CurlEngine()

    private let core = Core()

    package init() {
        let core = self.core
        let thread = Thread { core.run() }
        thread.name = "deskbridge-http"
        thread.start()
    }

    deinit { core.post { $0.isStopped = true } }

    func start(_ transfer: HTTPTransfer) { core.post { $0.new.append(transfer) } }

    func cancel(_ transfer: HTTPTransfer) { core.post { $0.cancelled.append(transfer) } }

    private struct Inbox {
        var new: [HTTPTransfer] = []
        var cancelled: [HTTPTransfer] = []
        var isStopped = false
    }

    /// @unchecked Sendable: `running` is touched by the engine thread alone, from `run`; `multi` likewise but for
    /// `curl_multi_wakeup`, which libcurl allows from any thread and which is called under the inbox's lock, so never
    /// after the thread has seen `isStopped` and freed it.
    private final class Core: @unchecked Sendable {
        private let multi: UnsafeMutableRawPointer?
        private let inbox = Mutex(Inbox())
        private var running: [UnsafeMutableRawPointer: HTTPTransfer] = [:]

        /// Idle connections kept, over all hosts.
        private static let keptConnections = 64

        init() {
            multi = CurlLibrary.ready ? curl_multi_init() : nil
            if let multi { _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.keptConnections) }
        }

        func post(_ change: (inout Inbox) -> Void) {
            inbox.withLock { inbox in
                guard !inbox.isStopped else { return }
                change(&inbox)
                if let multi { _ = curl_multi_wakeup(multi) }
            }
        }

        func run() {
            guard let multi else { return runWithoutCurl() }
            while true {
                let (new, cancelled, isStopped) = takeInbox()
                for transfer in new { begin(transfer, in: multi) }
                for transfer in cancelled { end(transfer, in: multi) }
                if isStopped { break }
                var count: Int32 = 0
                curl_multi_perform(multi, &count)
                collect(from: multi)
                // Timers of libcurl and `curl_multi_wakeup` end this wait early.
                curl_multi_poll(multi, nil, 0, 60_000, nil)
            }
            for transfer in running.values { end(transfer, in: multi) }
            curl_multi_cleanup(multi)
        }

        private func takeInbox() -> ([HTTPTransfer], [HTTPTransfer], Bool) {
            inbox.withLock { inbox in
                defer {
                    inbox.new = []
                    inbox.cancelled = []
                }
                return (inbox.new, inbox.cancelled, inbox.isStopped)
            }
        }

        private func begin(_ transfer: HTTPTransfer, in multi: UnsafeMutableRawPointer) {
            guard let handle = transfer.prepare() else { return }
            running[handle] = transfer
            curl_multi_add_handle(multi, handle)
        }

        private func end(_ transfer: HTTPTransfer, in multi: UnsafeMutableRawPointer) {
            if let handle = transfer.rawHandle, running.removeValue(forKey: handle) != nil {
                curl_multi_remove_handle(multi, handle)
            }
            transfer.cancel()
        }

        private func collect(from multi: UnsafeMutableRawPointer) {
            var queued: Int32 = 0
            while let message = curl_multi_info_read(multi, &queued) {
                guard let handle = message.pointee.easy_handle else { continue }
                let result = message.pointee.data.result
                curl_multi_remove_handle(multi, handle)
                running.removeValue(forKey: handle)?.complete(result)
            }
        }

        /// libcurl could not be made ready: every call ends at once, none hangs.
        private func runWithoutCurl() {
            while true {
                let (new, cancelled, isStopped) = takeInbox()
                for transfer in new + cancelled { transfer.cancel() }
                if isStopped { return }
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }
}
