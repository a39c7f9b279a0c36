// `make bench`: what Deskbridge does, beside what this machine can do at all, in one run.

import Correspondence
import Foundation
import Rehearsal

/// One line of the result: ours, the limit measured in the same run, and the share that is wanted (design section 9).
struct Measurement {
    var work: String
    var ours: Double
    var limit: Double
    var unit: String
    /// `ours / limit` is to be at least this; nil where `ours` is to be at most `limit`.
    var goal: Double?
    /// No goal: shows what the others are made of.
    var isComparison = false

    var ratio: Double { limit > 0 ? ours / limit : 0 }

    var line: String {
        if isComparison {
            return
                "| \(work) | \(Self.round(ours)) \(unit) | \(Self.round(limit)) \(unit) | \(Self.round(ratio)) | | |"
        }
        let wanted = goal.map { ">= \(Self.round($0))" } ?? "<= 1"
        let met = goal.map { ratio >= $0 } ?? (ratio <= 1)
        return
            "| \(work) | \(Self.round(ours)) \(unit) | \(Self.round(limit)) \(unit) | \(Self.round(ratio)) | \(wanted) | "
            + "\(met ? "met" : "not met") |"
    }

    static func round(_ value: Double) -> String {
        value >= 100 ? String(Int(value.rounded())) : String((value * 100).rounded() / 100)
    }
}

@main
enum Benchmarks {
    static func main() async throws {
        let only = CommandLine.arguments.dropFirst().first
        let folder = FileManager.default.currentDirectoryPath + "/var/bench"
        try? FileManager.default.removeItem(atPath: folder)  // absent at the first run
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        say("| work | ours | limit in the same run | ratio | goal | |")
        say("| --- | --- | --- | --- | --- | --- |")
        for (name, run) in all where only == nil || only == name {
            for measurement in try await run("\(folder)/\(name)") { say(measurement.line) }
        }
    }

    /// Each line as soon as it is known, also into a file.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    static let all: [(name: String, run: @Sendable (String) async throws -> [Measurement])] = [
        ("ingest", IngestBenchmark.run), ("outbox", OutboxBenchmark.run), ("search", SearchBenchmark.run),
        ("way", WayBenchmark.run), ("reading", ReadingBenchmark.run),
    ]

    /// Seconds that `body` takes.
    static func time(_ body: () async throws -> Void) async rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await body()
        return (clock.now - start).seconds
    }
}
