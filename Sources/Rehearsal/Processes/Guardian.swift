// A shell that ends a child when we are gone, for children the kernel would not tell.

import Foundation
import Glibc

/// It reads from a pipe whose other end only we hold. A line means that the child is dead and all is well; the end of
/// the pipe means that we are dead. It then looks whether the pid still runs the same program (by its
/// words: what a set-uid program executes is not shown to us), and sends TERM.
///
/// Used by the one thread that watches the child.
struct Guardian {
    private let pid: pid_t
    private let pipe: Int32

    /// Nil when the system gives no pipe or process: the child then lives on if we are killed.
    init?(of child: pid_t, running program: String) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let script = #"read line || { tr "\0" "\n" <"/proc/$1/cmdline" | grep -qxF "$2" && kill -TERM "$1"; }"#
        var command = ChildCommand("/bin/sh", ["-c", script, "guardian", String(child), program])
        // The child's copy of our reading end, opened before its descriptors are closed.
        command.input = "/proc/self/fd/\(ends[0])"
        guard let pid = try? Spawn.start([command.executable] + command.arguments, command) else {
            close(ends[1])
            return nil
        }
        self.pid = pid
        pipe = ends[1]
    }

    func dismiss() {
        let line: [UInt8] = [0x0A]
        _ = write(pipe, line, 1)
        close(pipe)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
}
