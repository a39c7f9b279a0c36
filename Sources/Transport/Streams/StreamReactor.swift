// The one thread that owns every authenticated stream: epoll, an eventfd to wake it, and deadlines.

import CCurl
import Correspondence
import Foundation
import Glibc
import Synchronization

/// Whoever wants something of a channel hands in a closure, which runs on this thread.
///
/// @unchecked Sendable: `channels`, `ready`, `soonest` and `lastToken` are touched by the reactor's thread alone; the
/// two descriptors never change.
package final class StreamReactor: @unchecked Sendable {
    /// The process's reactor.
    package static let shared = StreamReactor()

    private let epoll: Int32
    private let wake: Int32
    private let inbox = Mutex<[@Sendable () -> Void]>([])
    private var channels: [UInt64: StreamChannel] = [:]
    /// Channels that may hold bytes epoll cannot see.
    private var ready: Set<UInt64> = []
    private var soonest: ContinuousClock.Instant?
    private var lastToken: UInt64 = 0

    /// A process has few reactors and keeps them: the thread never ends.
    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epoll >= 0 && wake >= 0, "no descriptors left at the start of the process")
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: 0))
        epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event)
        let thread = Thread { [unowned self] in run() }
        thread.name = "deskbridge-streams"
        thread.start()
    }

    /// Runs `work` on the reactor's thread, in the order of the calls. It must not block.
    func perform(_ work: @escaping @Sendable () -> Void) {
        let wasEmpty = inbox.withLock { inbox in
            defer { inbox.append(work) }
            return inbox.isEmpty
        }
        if wasEmpty { eventfd_write(wake, 1) }
    }

    /// On the reactor's thread.
    func adopt(_ stream: EstablishedStream, place: String, owner: any StreamOwner) -> StreamChannel {
        lastToken += 1
        let channel = StreamChannel(stream, token: lastToken, place: place, owner: owner, reactor: self)
        channels[lastToken] = channel
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: lastToken))
        epoll_ctl(epoll, EPOLL_CTL_ADD, stream.socket, &event)
        ready.insert(lastToken)
        return channel
    }

    func interestChanged(_ channel: StreamChannel) {
        guard channel.isOpen else { return }
        var mask: UInt32 = 0
        if !channel.isPaused {
            mask |= EPOLLIN.rawValue
            ready.insert(channel.token)
        }
        if channel.hasUnsent { mask |= EPOLLOUT.rawValue }
        guard interests[channel.token] != mask else { return }
        interests[channel.token] = mask
        var event = epoll_event(events: mask, data: epoll_data_t(u64: channel.token))
        epoll_ctl(epoll, EPOLL_CTL_MOD, channel.socket, &event)
    }

    private var interests: [UInt64: UInt32] = [:]

    func readSoon(_ channel: StreamChannel) { ready.insert(channel.token) }

    func deadlineSet(_ instant: ContinuousClock.Instant) {
        if let soonest, soonest <= instant { return }
        soonest = instant
    }

    func forget(_ channel: StreamChannel) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, channel.socket, nil)
        channels[channel.token] = nil
        interests[channel.token] = nil
        ready.remove(channel.token)
    }

    // MARK: The thread

    private func run() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: TransportLimits.readSize, alignment: 16)
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), milliseconds())
            for index in 0..<Int(max(0, count)) {
                let token = events[index].data.u64
                if token == 0 {
                    var value: eventfd_t = 0
                    eventfd_read(wake, &value)
                    continue
                }
                if events[index].events & EPOLLOUT.rawValue != 0 { channels[token]?.flush() }
                let readable = EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
                if events[index].events & readable != 0 { ready.insert(token) }
            }
            let work = inbox.withLock { inbox in
                defer { inbox = [] }
                return inbox
            }
            for item in work { item() }
            readReady(buffer)
            expire()
        }
    }

    private func readReady(_ buffer: UnsafeMutableRawBufferPointer) {
        let tokens = ready
        ready = []
        for token in tokens {
            guard let channel = channels[token], !channel.isPaused else { continue }
            let reading = channel.read(into: buffer)
            if case .more = reading { ready.insert(token) }
            channel.owner?.channelSettled(channel)
        }
    }

    private func milliseconds() -> Int32 {
        if !ready.isEmpty { return 0 }
        guard let soonest else { return -1 }
        let left = ContinuousClock.now.duration(to: soonest).microseconds
        return Int32(clamping: max(0, (left + 999) / 1000))
    }

    private func expire() {
        guard let soonest else { return }
        let now = ContinuousClock.now
        guard soonest <= now else { return }
        self.soonest = nil
        for channel in Array(channels.values) {
            guard let deadline = channel.deadline else { continue }
            if deadline <= now { channel.deadlinePassed() } else { deadlineSet(deadline) }
        }
    }
}
