// A stream on which IMAP is spoken: tags, frames, and how patient to be.

import Correspondence
import Transport

/// Used by one task. The first command is a NOOP of ours, and what comes before its answer is thrown away unread:
/// libcurl may have read part of it in the sign-in.
struct IMAPConversation {
    let tagPrefix: String
    private let stream: AuthenticatedStream
    private let timeout: Duration
    private var framer: ResponseFramer
    private var asked = 0
    /// When the server's answer, or the rest, began.
    private var since = ContinuousClock.now
    private var bytesSince = 0
    private var wasResting = false

    /// At least so many bytes a second, on average, make an answer that goes on.
    private static let slowest = 1000.0

    init(_ stream: AuthenticatedStream, tagPrefix: String, literalLimit: Int, timeout: Duration) {
        self.stream = stream
        self.tagPrefix = tagPrefix
        self.timeout = timeout
        // Headers are fetched also where whole mails are limited to less.
        framer = ResponseFramer(literalLimit: max(literalLimit, MailboxLimits.headerSize))
    }

    mutating func begin() async throws(MailboxError) {
        let tag = "\(tagPrefix)n"
        send("\(tag) NOOP\r\n")
        let mark = Array(tag.utf8)
        var bytes: [UInt8] = []
        var searched = 0
        while true {
            bytes += try await receive(.answer)
            let start = bytes.firstRange(of: mark, from: searched)
            if let start, let end = bytes[start...].firstIndex(of: 10) {
                _ = try frames(Array(bytes[(end + 1)...]))
                return
            }
            guard bytes.count <= MailboxLimits.handOverBytes else {
                throw MailboxError(.protocolViolation, detail: "\(stream.place) does not answer NOOP, it talks on")
            }
            searched = start ?? max(0, bytes.count - mark.count)
        }
    }

    mutating func send(_ text: String) { stream.send(Array(text.utf8)) }

    /// Our own slowness is not the server's.
    mutating func restartPatience() {
        since = .now
        bytesSince = 0
    }

    /// Empty when a `.time` has passed, and only then.
    mutating func hear(_ wait: MailboxSession.Wait) async throws(MailboxError) -> [Response] {
        let isResting = wait != .answer
        if isResting != wasResting {
            wasResting = isResting
            restartPatience()
        }
        while true {
            let bytes: [UInt8]
            if case .time(let limit) = wait {
                let left = limit - since.duration(to: .now)
                guard left > .zero, let received = try await receiveOrNothing(within: left) else {
                    restartPatience()
                    return []
                }
                bytes = received
            } else {
                bytes = try await receive(wait)
            }
            let responses = try frames(bytes)
            if responses.contains(where: { if case .tagged = $0 { true } else { false } }), !isResting {
                restartPatience()
            }
            if !responses.isEmpty { return responses }
        }
    }

    /// One command and all that answers it; for short exchanges.
    mutating func ask(
        _ command: String
    ) async throws(MailboxError) -> (condition: Condition, text: StatusText, untagged: [Response]) {
        asked += 1
        let tag = "\(tagPrefix)a\(asked)"
        send("\(tag) \(command)\r\n")
        var untagged: [Response] = []
        while true {
            for response in try await hear(.answer) {
                if case .untagged(.bye, let text) = response {
                    throw MailboxError(.cutOff, detail: "\(stream.place) ended the session: \(text.words)")
                }
                guard case .tagged(tag, let condition, let text) = response else {
                    untagged.append(response)
                    continue
                }
                return (condition, text, untagged)
            }
            guard untagged.count < 10_000 else {
                throw MailboxError(.protocolViolation, detail: "\(stream.place) does not end its answer")
            }
        }
    }

    func close() { stream.close(saying: Array("\(tagPrefix)z LOGOUT\r\n".utf8)) }

    private mutating func frames(_ bytes: [UInt8]) throws(MailboxError) -> [Response] {
        do throws(IMAPViolation) {
            var responses: [Response] = []
            for frame in try framer.feed(bytes) { responses.append(try ResponseParser.parse(frame)) }
            return responses
        } catch {
            throw MailboxError(.protocolViolation, detail: "\(stream.place) sent \(error.words)")
        }
    }

    private mutating func receive(_ wait: MailboxSession.Wait) async throws(MailboxError) -> [UInt8] {
        let patience = timeout + .seconds(Double(bytesSince) / Self.slowest)
        let left = patience - since.duration(to: .now)
        guard left > .zero, let bytes = try await receiveOrNothing(within: left) else {
            throw MailboxError(
                .timedOut, detail: "\(stream.place) did not finish its answer within \(Int(patience.seconds)) s")
        }
        return bytes
    }

    private mutating func receiveOrNothing(within limit: Duration) async throws(MailboxError) -> [UInt8]? {
        do throws(StreamError) {
            let bytes = try await stream.receive(within: limit)
            bytesSince += bytes.count
            return bytes
        } catch {
            if error.code == .timedOut { return nil }
            throw MailboxError(error)
        }
    }
}

extension MailboxError {
    init(_ error: StreamError) {
        let code: Code =
            switch error.code {
            case .badAddress: .noMailbox
            case .unknownHost: .unknownHost
            case .refused, .unavailable, .rejected: .refused
            case .tls: .tls
            case .login: .login
            case .timedOut: .timedOut
            case .cutOff: .cutOff
            case .cancelled: .cancelled
            case .other: .other
            }
        self.init(code, detail: error.detail)
    }
}

extension [UInt8] {
    /// Where `mark` first stands at or after `start`.
    fileprivate func firstRange(of mark: [UInt8], from start: Int) -> Int? {
        guard count >= mark.count, start <= count - mark.count else { return nil }
        return (start...(count - mark.count)).first { self[$0..<($0 + mark.count)].elementsEqual(mark) }
    }
}
