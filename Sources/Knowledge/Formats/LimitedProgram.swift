// A child process that is fed bytes and gives bytes, within limits of time, memory and output; no shell.

import Foundation
import Glibc

/// Blocking: call it off the concurrency threads. The child inherits no descriptor but its three, has no environment
/// but a language, and is killed at its limits.
struct LimitedProgram {
    enum Failure: Error, Equatable {
        case notInstalled(String)
        case didNotStart(String)
        case tookTooLong
        case saidTooMuch
        /// Ended by a signal, as at the limit of its memory.
        case killed(Int32)
    }

    struct Result {
        var status: Int32
        var output: [UInt8]
        /// The beginning of what it said on standard error.
        var complaint: String
    }

    var words: [String]
    var time: Duration
    var memory: Int
    var outputLimit: Int
    private static let complaintLimit = 4096

    /// The place of a program on the path; nil where it is not installed.
    static func find(_ name: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    func run(_ input: [UInt8]) throws(Failure) -> Result {
        guard let program = words.first.flatMap(Self.find) else { throw .notInstalled(words.first ?? "") }
        // prlimit (util-linux) sets the limits in the child itself, before the program begins.
        guard let limiter = Self.find("prlimit") else { throw .notInstalled("prlimit") }
        let seconds = max(1, time.components.seconds)
        let command =
            [limiter, "--as=\(memory)", "--cpu=\(seconds)", "--core=0", "--fsize=0", "--", program] + words.dropFirst()
        // Sockets, since they can be made without a moment in which another child inherits them.
        var pairs: [[Int32]] = []
        defer { for descriptor in pairs.joined() where descriptor >= 0 { close(descriptor) } }
        for _ in 0..<3 {
            var pair: [Int32] = [-1, -1]
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw .didNotStart(Self.reason()) }
            pairs.append(pair)
        }
        let pid = try start(command, pairs.map { $0[1] })
        for index in pairs.indices {
            close(pairs[index][1])
            pairs[index][1] = -1
            _ = fcntl(pairs[index][0], F_SETFL, O_NONBLOCK)
        }
        var exchange = Exchange(input: input[...], outputLimit: outputLimit, complaintLimit: Self.complaintLimit)
        let ended = exchange.run(pairs.map { $0[0] }, deadline: ContinuousClock.now + time)
        if ended != nil { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        if let ended { throw ended }
        if status & 0x7F != 0 { throw .killed(status & 0x7F) }
        return Result(
            status: (status >> 8) & 0xFF, output: exchange.output,
            complaint: String(decoding: exchange.complaint, as: UTF8.self))
    }

    private static func reason() -> String { String(cString: strerror(errno)) }

    private func start(_ command: [String], _ descriptors: [Int32]) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // glibc's closefrom action is hidden from Swift; closing one that has gone meanwhile is no error.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var ordinary = sigset_t()
        sigemptyset(&ordinary)
        for signal in [SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGXCPU] { sigaddset(&ordinary, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &ordinary)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("LC_ALL=C.UTF-8"), nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, command[0], &actions, &attributes, &arguments, &environment)
        guard result == 0 else { throw .didNotStart(String(cString: strerror(result))) }
        return pid
    }

    /// Feeds and reads until the child has closed both its outputs.
    private struct Exchange {
        var input: ArraySlice<UInt8>
        let outputLimit: Int
        let complaintLimit: Int
        var output: [UInt8] = []
        var complaint: [UInt8] = []

        /// What ended it before the child did.
        mutating func run(_ ends: [Int32], deadline: ContinuousClock.Instant) -> Failure? {
            var isOpen = [true, true, true]
            while isOpen[1] || isOpen[2] {
                if isOpen[0], input.isEmpty {
                    shutdown(ends[0], Int32(SHUT_WR))
                    isOpen[0] = false
                }
                let left = deadline - .now
                guard left > .zero else { return .tookTooLong }
                var polled = [
                    pollfd(fd: isOpen[0] ? ends[0] : -1, events: Int16(POLLOUT), revents: 0),
                    pollfd(fd: isOpen[1] ? ends[1] : -1, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: isOpen[2] ? ends[2] : -1, events: Int16(POLLIN), revents: 0),
                ]
                let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
                _ = poll(&polled, nfds_t(polled.count), Int32(min(60_000, milliseconds + 1)))
                if polled[0].revents != 0, !feed(ends[0]) { isOpen[0] = false }
                if polled[1].revents != 0 { isOpen[1] = Self.read(ends[1], into: &output) }
                if polled[2].revents != 0 { isOpen[2] = Self.read(ends[2], into: &complaint) }
                if output.count > outputLimit { return .saidTooMuch }
                if complaint.count > complaintLimit { complaint.removeLast(complaint.count - complaintLimit) }
            }
            return nil
        }

        /// False where the child takes nothing more.
        private mutating func feed(_ descriptor: Int32) -> Bool {
            let sent = input.prefix(65_536).withUnsafeBytes { bytes in
                send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 { return errno == EAGAIN || errno == EINTR }
            input = input.dropFirst(sent)
            return true
        }

        /// False at the end.
        private static func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
            withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { room in
                let count = recv(descriptor, room.baseAddress, room.count, 0)
                if count < 0 { return errno == EAGAIN || errno == EINTR }
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<count]))
                return count > 0
            }
        }
    }
}
