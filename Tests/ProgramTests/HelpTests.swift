// What every command says of itself.

import Correspondence
import Foundation
import TestSupport
import Testing

@testable import deskbridge

@Suite struct HelpTests {
    @Test(
        "Every command has an abstract, a discussion and an example",
        arguments: [
            [], ["serve"], ["check"], ["try"], ["try", "mail"], ["try", "html"], ["try", "language"],
            ["try", "threads"],
            ["try", "search"], ["try", "answer"], ["import"], ["conversation"], ["conversation", "list"],
            ["conversation", "show"], ["conversation", "export"], ["conversation", "erase"], ["conversation", "close"],
            ["demo"],
            ["ticket"], ["ticket", "list"], ["ticket", "show"], ["ticket", "assign"], ["ticket", "reply"],
            ["ticket", "note"], ["ticket", "close"], ["ticket", "release"], ["ticket", "discard"], ["queue"],
            ["queue", "list"], ["queue", "retry"],
            ["queue", "drop"],
            ["knowledge"], ["knowledge", "add"], ["knowledge", "list"], ["knowledge", "remove"],
            ["knowledge", "search"],
            ["user"], ["user", "token"], ["user", "token", "make"], ["user", "token", "list"],
            ["user", "token", "remove"],
            ["report"],
        ])
    func help(_ command: [String]) async throws {
        let run = try await ProgramFolder().run(command + ["--help"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("OVERVIEW: "))
        #expect(run.output.contains("deskbridge \((command + [""]).joined(separator: " "))"))
        #expect(command.isEmpty || run.output.contains("Example"))
        // ArgumentParser wraps all but the line of usage.
        let lines = run.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
        #expect(lines.allSatisfy { $0.count <= 80 })
        // An example that is wrapped cannot be copied.
        let all = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        let place = all.firstIndex { $0.hasPrefix("Example: ") }
        #expect(command.isEmpty || place.map { all[$0 + 1].isEmpty } == true, "\(run.output)")
        #expect(all.allSatisfy { !$0.contains("Example:") || $0.hasPrefix("Example: deskbridge ") })
    }

    @Test func `Every exit code is told`() async throws {
        let help = try await ProgramFolder().run("--help").output.replacing("\n", with: " ")
        for status in [64, 65, 66, 69, 70, 73, 74, 75, 77, 78] { #expect(help.contains(" \(status) "), "\(status)") }
    }

    @Test func `The version is told`() async throws {
        let run = try await ProgramFolder().run("--version")
        #expect(run.status == 0)
        #expect(run.output == "0.1.0\n")
    }
}
