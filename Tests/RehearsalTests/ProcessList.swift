// Which processes of this machine have something to do with a folder: for "leaves no process".

import Foundation
import Glibc

/// Pids of processes whose arguments, working folder or open files name `folder`.
func processes(naming folder: String) throws -> [Int] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(Int.init).filter { pid in
        let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map {
            String(decoding: $0, as: UTF8.self)
        }
        if words?.contains(folder) == true { return pid != Int(getpid()) }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
        let links = ["cwd"] + files.map { "fd/\($0)" }
        return links.contains { link in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/\(link)")
            return target?.hasPrefix(folder) == true
        }
    }
}
