// Makes authenticated streams on a few blocking threads of its own, by libcurl's CONNECT_ONLY.

import CCurl
import Correspondence
import Foundation
import Synchronization

/// A stream that is signed in and belongs to nobody yet.
///
/// @unchecked Sendable: made on a connector's thread, which forgets it at once, and handed to the reactor, which is
/// then the only one to touch it.
struct EstablishedStream: @unchecked Sendable {
    let handle: CurlHandle
    let socket: Int32
    /// What the server said until now, oldest first, without line ends.
    let dialogue: [String]
}

/// At most `threads` attempts at a time; the rest wait. IMAP and SMTP have one each, so that a dead mailbox does not
/// hold up the outbox.
package final class StreamConnector: Sendable {
    package static let mailboxes = StreamConnector(threads: 4)
    package static let submission = StreamConnector(threads: 4)

    private let queue: OperationQueue

    package init(threads: Int) {
        queue = OperationQueue()
        queue.name = "deskbridge-connect"
        queue.maxConcurrentOperationCount = threads
    }

    /// `done` is called once, on a thread of the connector.
    func connect(
        _ target: StreamTarget, isCancelled: Cancellation = Cancellation(),
        done: @escaping @Sendable (Result<EstablishedStream, StreamError>) -> Void
    ) {
        queue.addOperation { done(ConnectionAttempt(target, isCancelled).run()) }
    }

    /// Set once, from any thread; read by libcurl's progress callback.
    final class Cancellation: Sendable {
        private let flag = Atomic<Bool>(false)
        var isSet: Bool { flag.load(ordering: .relaxed) }
        func set() { flag.store(true, ordering: .relaxed) }
    }
}

/// One attempt, from its first to its last line on one thread.
private final class ConnectionAttempt {
    private let target: StreamTarget
    private let cancellation: StreamConnector.Cancellation
    private var dialogue: [String] = []

    init(_ target: StreamTarget, _ cancellation: StreamConnector.Cancellation) {
        self.target = target
        self.cancellation = cancellation
    }

    func run() -> Result<EstablishedStream, StreamError> {
        if cancellation.isSet { return .failure(StreamError(.cancelled, detail: "not connected: cancelled")) }
        guard let handle = CurlHandle() else {
            return .failure(StreamError(.other, detail: "libcurl gave no handle: out of memory"))
        }
        if let refusal = setLogin(handle) { return .failure(refusal) }
        handle.set(CURLOPT_URL, target.address.root)
        handle.set(CURLOPT_PROTOCOLS_STR, target.address.service == .imap ? "imap,imaps" : "smtp,smtps")
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.set(CURLOPT_USE_SSL, target.tls == .required ? 3 : 0)  // CURLUSESSL_ALL, CURLUSESSL_NONE
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(target.connectTimeout.microseconds / 1000)))
        handle.set(CURLOPT_TCP_KEEPALIVE, 1)
        handle.set(CURLOPT_TCP_KEEPIDLE, 60)
        handle.set(CURLOPT_TCP_KEEPINTVL, 15)
        if !target.authorities.isEmpty { handle.set(CURLOPT_CAINFO, target.authorities) }
        setCallbacks(handle)
        let code = curl_easy_perform(handle.raw)
        handle.set(CURLOPT_HEADERDATA, pointer: nil)
        handle.set(CURLOPT_XFERINFODATA, pointer: nil)
        guard code == CURLE_OK else { return .failure(error(code, handle)) }
        guard let socket = handle.socket else {
            return .failure(StreamError(.cutOff, detail: "\(place) closed the connection right after the sign-in"))
        }
        return .success(EstablishedStream(handle: handle, socket: socket, dialogue: dialogue))
    }

    private func setLogin(_ handle: CurlHandle) -> StreamError? {
        let username: String
        let secret: Secret
        switch target.login {
        case .none: return nil
        case .password(let name, let password):
            (username, secret) = (name, password)
            handle.set(CURLOPT_PASSWORD, password.revealed)
        case .bearer(let name, let token):
            (username, secret) = (name, token)
            handle.set(CURLOPT_XOAUTH2_BEARER, token.revealed)
        }
        handle.set(CURLOPT_USERNAME, username)
        let isClean = (username + secret.revealed).utf8.allSatisfy { $0 != 0 && $0 != 13 && $0 != 10 }
        return isClean && !username.isEmpty
            ? nil
            : StreamError(
                .login, detail: "username or password for \(place) is empty or holds a line end: mend the settings")
    }

    private func setCallbacks(_ handle: CurlHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle.set(CURLOPT_HEADERDATA, pointer: context)
        handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return size * count }
            let attempt = Unmanaged<ConnectionAttempt>.fromOpaque(context).takeUnretainedValue()
            attempt.hear(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        handle.set(CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        handle.set(CURLOPT_NOPROGRESS, 0)
        handle.set(CURLOPT_XFERINFODATA, pointer: context)
        _ = ccurl_set_progress(handle.raw) { context, _, _, _, _ in
            guard let context else { return 0 }
            let attempt = Unmanaged<ConnectionAttempt>.fromOpaque(context).takeUnretainedValue()
            return attempt.cancellation.isSet ? 1 : 0
        }
    }

    private func hear(_ bytes: UnsafeRawBufferPointer) {
        if dialogue.count == TransportLimits.dialogueLines { dialogue.removeFirst() }
        let line = String(decoding: bytes.prefix(TransportLimits.dialogueLineLength), as: UTF8.self)
        dialogue.append(line.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private var place: String { target.address.place }

    /// The server's last words, without an IMAP tag. Our own secrets are never among them: these are its lines only.
    private var lastWords: String {
        guard let line = dialogue.last(where: { !$0.isEmpty && !$0.hasPrefix("+") }) else { return "" }
        guard target.address.service == .imap, !line.hasPrefix("*"), let space = line.firstIndex(of: " ") else {
            return line
        }
        return String(line[line.index(after: space)...])
    }

    private func error(_ code: CURLcode, _ handle: CurlHandle) -> StreamError {
        let words = handle.words(for: code)
        let said = lastWords.isEmpty ? words : "\(words); the server's last words: \(lastWords)"
        switch CurlFault(code, systemError: handle.long(CURLINFO_OS_ERRNO), words: words) {
        case .badAddress: return StreamError(.badAddress, detail: "\(place): \(words)")
        case .unknownHost:
            return StreamError(
                .unknownHost, detail: "\(place) has no address: check the host in the settings and this machine's DNS")
        case .refused:
            return StreamError(.refused, detail: "\(place) takes no connection (\(words)): check host and port")
        case .tls: return StreamError(.tls, detail: tlsDetail(words))
        case .noSTARTTLS:
            return StreamError(
                .tls,
                detail: "\(place) offers no STARTTLS, so nothing was sent: use \(target.address.service.rawValue)s:// "
                    + "if it has a port for TLS, or tls: off if plain text is really meant")
        case .login: return loginError(said)
        case .timedOut:
            return StreamError(
                .timedOut,
                detail: "\(place) did not finish greeting and sign-in within \(Int(target.connectTimeout.seconds)) s"
                    + (target.address.hasImplicitTLS || !dialogue.isEmpty
                        ? "" : "; if that port speaks TLS at once, use \(target.address.service.rawValue)s://"))
        case .cutOff: return StreamError(.cutOff, detail: "\(place) broke off in the sign-in: \(said)")
        case .cancelled: return StreamError(.cancelled, detail: "connecting to \(place) was cancelled")
        case .weird: return turnedAway(said)
        case .tooLarge, .other: return StreamError(.other, detail: "\(place): \(said)")
        }
    }

    private func tlsDetail(_ words: String) -> String {
        let scheme = target.address.service.rawValue
        let advice =
            words.contains("wrong version number")
            ? "that port does not speak TLS at once; use \(scheme):// for STARTTLS"
            : "check the host name, the certificate's dates, and name its CA file under ca if it is private"
        return "no secure connection to \(place): \(words); \(advice)"
    }

    private func loginError(_ said: String) -> StreamError {
        let isForNow =
            target.address.service == .smtp
            ? lastWords.hasPrefix("4")
            : ["[UNAVAILABLE]", "[THROTTLED]", "[INUSE]", "[LIMIT]", "Too many simultaneous"].contains {
                lastWords.contains($0)
            }
        return isForNow
            ? StreamError(.unavailable, detail: "\(place) takes no sign-in for now: \(said)")
            : StreamError(
                .login, detail: "\(place) refused the sign-in: \(said); check username and password in the settings")
    }

    private func turnedAway(_ said: String) -> StreamError {
        let isForGood = target.address.service == .smtp && lastWords.hasPrefix("5")
        return StreamError(
            isForGood ? .rejected : .unavailable, detail: "\(place) turned the connection away: \(said)")
    }
}
