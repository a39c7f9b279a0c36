// What the disk and plain SQLite can do: the limits that ingest is held against.

import Correspondence
import Foundation
import GRDB
import Glibc

enum Disk {
    /// Of this process, all threads.
    static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    static var monotonicSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Small appends made durable one by one, in a second.
    static func syncsPerSecond(in folder: String) throws -> Double {
        let path = "\(folder)/sync"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 7, count: 4096)
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        while clock.now - start < .seconds(1) {
            guard write(descriptor, block, block.count) == block.count, fdatasync(descriptor) == 0 else {
                throw POSIXError(.EIO)
            }
            count += 1
        }
        return Double(count) / (clock.now - start).seconds
    }

    /// The plain loop: mails into one table by key, `batch` a commit, WAL and synchronous=FULL. Mails a second.
    static func plainLoop(_ mails: [[UInt8]], batch: Int, in folder: String) throws -> Double {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode=WAL")
            try database.execute(sql: "PRAGMA synchronous=FULL")
        }
        let queue = try DatabaseQueue(path: "\(folder)/plain.sqlite", configuration: configuration)
        try queue.write { try $0.execute(sql: "CREATE TABLE mail (id TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT") }
        let clock = ContinuousClock()
        let start = clock.now
        for first in stride(from: 0, to: mails.count, by: batch) {
            try queue.write { database in
                let statement = try database.cachedStatement(sql: "INSERT INTO mail VALUES (?, ?)")
                for index in first..<min(first + batch, mails.count) {
                    try statement.execute(arguments: ["mail-\(index)", Data(mails[index])])
                }
            }
        }
        let seconds = (clock.now - start).seconds
        try queue.close()
        return Double(mails.count) / seconds
    }
}
