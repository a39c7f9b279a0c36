// One HTTP call on its way through libcurl: its options, what came back, and who waits for it.

import CCurl
import Correspondence
import Foundation
import Synchronization

/// @unchecked Sendable: handed to the engine thread once; everything mutable but `waiter` is touched there alone.
final class HTTPTransfer: @unchecked Sendable {
    typealias Outcome = Result<HTTPAnswer, HTTPClientError>

    private let call: HTTPCall
    private let host: String
    private let waiter: Mutex<CheckedContinuation<Outcome, Never>?>
    private var handle: CurlHandle?
    private var status = 0
    private var headers: [(name: String, value: String)] = []
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var isCancelled = false

    init(_ call: HTTPCall, host: String, waiter: CheckedContinuation<Outcome, Never>) {
        self.call = call
        self.host = host
        self.waiter = Mutex(waiter)
    }

    var rawHandle: UnsafeMutableRawPointer? { handle?.raw }

    /// The handle to add to the multi; nil when the call has ended already.
    func prepare() -> UnsafeMutableRawPointer? {
        guard !isCancelled else { return nil }
        guard let handle = CurlHandle() else {
            finish(.failure(HTTPClientError(.other, detail: "libcurl gave no handle: out of memory")))
            return nil
        }
        self.handle = handle
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_URL, call.url)
        handle.set(CURLOPT_HTTP_VERSION, 2)  // CURL_HTTP_VERSION_1_1
        handle.set(CURLOPT_TIMEOUT_MS, max(1, Int(call.timeout.microseconds / 1000)))
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(call.connectTimeout.microseconds / 1000)))
        handle.set(CURLOPT_MAXFILESIZE_LARGE, size: call.answerLimit)
        if !call.authorities.isEmpty { handle.set(CURLOPT_CAINFO, call.authorities) }
        if let socket = call.unixSocket {
            handle.set(CURLOPT_UNIX_SOCKET_PATH, socket)
            handle.set(CURLOPT_NOPROXY, "*")
        }
        setMethodAndBody(handle)
        setHeaders(handle)
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle.set(CURLOPT_WRITEDATA, pointer: context)
        handle.set(CURLOPT_HEADERDATA, pointer: context)
        handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
        handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
            transfer.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        return handle.raw
    }

    private func setMethodAndBody(_ handle: CurlHandle) {
        switch (call.method, call.body.isEmpty) {
        case ("GET", true): handle.set(CURLOPT_HTTPGET, 1)
        case ("HEAD", _): handle.set(CURLOPT_NOBODY, 1)
        case (let method, true) where method != "POST" && method != "PUT" && method != "PATCH":
            handle.set(CURLOPT_CUSTOMREQUEST, method)
        case (let method, _):
            handle.set(CURLOPT_POST, 1)
            handle.set(CURLOPT_POSTFIELDSIZE_LARGE, size: call.body.count)
            call.body.withUnsafeBytes { bytes in
                // Copied by libcurl; it is not written to.
                let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                handle.set(CURLOPT_COPYPOSTFIELDS, pointer: start)
            }
            if call.body.isEmpty { handle.set(CURLOPT_COPYPOSTFIELDS, "") }
            handle.set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    private func setHeaders(_ handle: CurlHandle) {
        // `Name;` is libcurl's way to send a header without a value, `Name:` its way to send none.
        var lines = call.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        let names = Set(call.headers.map { $0.name.lowercased() })
        lines.append("Expect:")
        if !names.contains("content-type") { lines.append("Content-Type:") }
        if !names.contains("user-agent") { lines.append("User-Agent: Deskbridge") }
        handle.set(CURLOPT_HTTPHEADER, list: lines)
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= call.answerLimit else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if line.hasPrefix("HTTP/") {
            // A 100 or 103 goes before the answer itself.
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers.append((name: line[..<colon].lowercased(), value: value))
        }
    }

    /// On the engine thread, after the handle has left the multi.
    func cancel() {
        isCancelled = true
        handle = nil
        finish(.failure(HTTPClientError(.cancelled, detail: "the call to \(host) was cancelled")))
    }

    /// On the engine thread, after the handle has left the multi.
    func complete(_ code: CURLcode) {
        guard let handle else { return }
        if code == CURLE_OK {
            status = handle.long(CURLINFO_RESPONSE_CODE)
            finish(.success(HTTPAnswer(status: status, headers: headers, body: body)))
        } else {
            let words = handle.words(for: code)
            let fault = CurlFault(code, systemError: handle.long(CURLINFO_OS_ERRNO), words: words)
            finish(.failure(error(fault, words: words)))
        }
        self.handle = nil
        body = []
    }

    private func error(_ fault: CurlFault, words: String) -> HTTPClientError {
        if isTooLarge || fault == .tooLarge {
            return HTTPClientError(
                .tooLarge, detail: "the answer of \(host) is larger than the limit of \(call.answerLimit) bytes")
        }
        switch fault {
        case .badAddress: return HTTPClientError(.badRequest, detail: "not an http or https address: \(words)")
        case .unknownHost:
            return HTTPClientError(
                .unknownHost, detail: "\(host) has no address: check the name and this machine's DNS")
        case .refused:
            return HTTPClientError(.refused, detail: "\(host) takes no connection (\(words)): check address and port")
        case .tls, .noSTARTTLS:
            return HTTPClientError(.tls, detail: "no secure connection to \(host): \(words)")
        case .timedOut: return HTTPClientError(.timedOut, detail: "\(host) did not answer in time: \(words)")
        case .cutOff, .weird: return HTTPClientError(.cutOff, detail: "\(host) broke off: \(words)")
        case .cancelled: return HTTPClientError(.cancelled, detail: "the call to \(host) was cancelled")
        case .login, .tooLarge, .other: return HTTPClientError(.other, detail: "\(host): \(words)")
        }
    }

    private func finish(_ outcome: Outcome) {
        let waiter = waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }
        waiter?.resume(returning: outcome)
    }
}
