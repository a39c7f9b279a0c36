// One posix_spawn: own session and process group, clean signals, no inherited descriptors.

import Foundation
import Glibc

/// Foundation's `Process` neither closes descriptors it does not know nor says when the thread that started a child
/// may end, so the call is made here.
enum Spawn {
    /// POSIX_SPAWN_SETSID, which glibc hides from Swift. A session of its own has a process group of its own; Postfix's
    /// master refuses to start as the leader of a group in somebody else's session.
    private static let ownSession: Int32 = 0x80

    static func start(_ words: [String], _ command: ChildCommand) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, command.input ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, command.output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // glibc's closefrom action is hidden from Swift; closing one that has gone meanwhile is no error.
        for descriptor in openDescriptors() where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var ordinary = sigset_t()
        sigemptyset(&ordinary)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2] {
            sigaddset(&ordinary, signal)
        }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &ordinary)
        posix_spawnattr_setflags(&attributes, Int16(ownSession | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let environment = command.environment.map { "\($0.key)=\($0.value)" }.sorted()
        return try withCStrings(words) { arguments in
            try withCStrings(environment) { environment in
                var pid: pid_t = 0
                let result = posix_spawn(&pid, words[0], &actions, &attributes, arguments, environment)
                guard result == 0 else {
                    throw RehearsalFailure(
                        .didNotStart, "\(command.executable): \(String(cString: strerror(result)))")
                }
                return pid
            }
        }
    }

    private static func openDescriptors() -> [Int32] {
        // Without /proc none are known, and those that Swift's libraries open close themselves anyway.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }
    }

    private static func withCStrings<Value>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws -> Value
    ) throws -> Value {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        return try pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { throw RehearsalFailure(.didNotStart, "no words to execute") }
            return try body(base)
        }
    }
}
