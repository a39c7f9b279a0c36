// One stream on the reactor's thread: what waits to be sent, when it must have moved, and who is told.

import CCurl
import Correspondence
import Glibc

/// Who a channel belongs to. Every call comes on the reactor's thread.
protocol StreamOwner: AnyObject, Sendable {
    func channel(_ channel: StreamChannel, received bytes: UnsafeRawBufferPointer)
    /// Everything that was there to read has been handed over.
    func channelSettled(_ channel: StreamChannel)
    /// The deadline set on the channel has passed. It is cleared.
    func channelDeadlinePassed(_ channel: StreamChannel)
    /// The peer closed or the line broke; nothing more comes. The channel is closed after this call.
    func channel(_ channel: StreamChannel, ended error: StreamError)
}

/// @unchecked Sendable: every member is used on the reactor's thread only (`StreamReactor.perform`).
final class StreamChannel: @unchecked Sendable {
    let token: UInt64
    let socket: Int32
    let place: String
    private(set) var owner: (any StreamOwner)?
    private var handle: CurlHandle?
    private var outbox: [UInt8] = []
    private var sent = 0
    private unowned let reactor: StreamReactor
    private(set) var deadline: ContinuousClock.Instant?
    var isPaused = false { didSet { if isPaused != oldValue { reactor.interestChanged(self) } } }
    /// Grows with every byte the socket took.
    private(set) var sentInAll = 0

    init(
        _ stream: EstablishedStream, token: UInt64, place: String, owner: any StreamOwner, reactor: StreamReactor
    ) {
        handle = stream.handle
        socket = stream.socket
        self.token = token
        self.place = place
        self.owner = owner
        self.reactor = reactor
    }

    var isOpen: Bool { handle != nil }
    var hasUnsent: Bool { sent < outbox.count }

    func setDeadline(_ instant: ContinuousClock.Instant?) {
        deadline = instant
        if let instant { reactor.deadlineSet(instant) }
    }

    /// Bytes go out in order; what the socket does not take now goes when it can.
    func write(_ bytes: [UInt8]) {
        guard isOpen else { return }
        if hasUnsent { outbox += bytes } else { (outbox, sent) = (bytes, 0) }
        flush()
    }

    func flush() {
        let wanted = hasUnsent
        while let handle, hasUnsent {
            var count = 0
            let code = outbox.withUnsafeBytes { bytes in
                curl_easy_send(handle.raw, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, &count)
            }
            if code == CURLE_AGAIN { break }
            guard code == CURLE_OK else {
                // What the peer said before it closed may still be there to read: reading finds the end.
                reactor.readSoon(self)
                break
            }
            sent += count
            sentInAll += count
        }
        if !hasUnsent { (outbox, sent) = ([], 0) }
        if wanted || hasUnsent { reactor.interestChanged(self) }
    }

    enum Reading { case more, empty, ended }

    /// Reads until there is nothing (TLS may hold bytes that epoll cannot see), or for so long that others starve.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
        for _ in 0..<8 {
            guard let handle, let owner, !isPaused else { return .empty }
            var count = 0
            let code = curl_easy_recv(handle.raw, buffer.baseAddress, buffer.count, &count)
            switch code {
            case CURLE_OK where count > 0:
                owner.channel(self, received: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            case CURLE_AGAIN: return .empty
            case CURLE_OK:
                end(StreamError(.cutOff, detail: "\(place) closed the connection"))
                return .ended
            default:
                end(StreamError(.cutOff, detail: "\(place) broke off: \(handle.words(for: code))"))
                return .ended
            }
        }
        return .more
    }

    func deadlinePassed() {
        deadline = nil
        owner?.channelDeadlinePassed(self)
    }

    private func end(_ error: StreamError) {
        let owner = owner
        owner?.channel(self, ended: error)
        close()
    }

    /// Frees the handle and with it the socket. Nothing is said to the peer, and the owner hears no more.
    func close() {
        guard isOpen else { return }
        reactor.forget(self)
        handle = nil
        owner = nil
        deadline = nil
    }
}
