// The arrows between targets: Package.swift as SwiftPM sees it against the table in docs/architecture.md.

import Foundation
import Testing

/// `make layout` writes `.build/layout.json` (`swift package describe` cannot run inside `swift test`).
struct LayoutTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let description = root.appendingPathComponent(".build/layout.json")
    private static let isRequired = ProcessInfo.processInfo.environment["REQUIRE_SERVERS"] == "1"
    private static let doors: Set<String> = [
        "CCurl", "CGMime", "CXML2", "CCLD2", "CFastText", "CStemmer", "CPostgreSQL", "CTemplates",
    ]

    private struct Description: Decodable {
        struct Target: Decodable {
            var name: String
            var type: String
            var path: String
            var targetDependencies: [String]?

            enum CodingKeys: String, CodingKey {
                case name, type, path
                case targetDependencies = "target_dependencies"
            }
        }
        var targets: [Target]
    }

    @Test(
        "Every target imports what the architecture's table allows, and the table names every target",
        .enabled(
            if: FileManager.default.fileExists(atPath: description.path) || isRequired,
            "make layout has not been run"))
    func arrows() throws {
        let described = try JSONDecoder().decode(Description.self, from: Data(contentsOf: Self.description))
        let sources = described.targets.filter { $0.path.hasPrefix("Sources/") && !Self.doors.contains($0.name) }
        let table = try Self.table()
        #expect(Set(sources.map(\.name)) == Set(table.keys))
        for target in sources {
            let allowed = table[target.name] ?? []
            if allowed == ["all"] { continue }
            #expect(
                Set(target.targetDependencies ?? []) == allowed,
                "\(target.name): Package.swift and docs/architecture.md differ")
        }
        for door in described.targets where Self.doors.contains(door.name) {
            #expect((door.targetDependencies ?? []).isEmpty, "\(door.name) is a door and imports nothing")
        }
    }

    @Test("No target bears a name that dependencies ask for by canImport")
    func names() throws {
        let taken = ["Network", "System", "Security", "Combine", "os", "Accelerate", "CommonCrypto", "CoreFoundation"]
        for name in try Self.table().keys { #expect(!taken.contains(name)) }
    }

    private static func table() throws -> [String: Set<String>] {
        let text = try String(contentsOf: root.appendingPathComponent("docs/architecture.md"), encoding: .utf8)
        let section = try #require(
            text.components(separatedBy: "## Targets and arrows").last?.components(separatedBy: "## ").first)
        var table: [String: Set<String>] = [:]
        for line in section.split(separator: "\n") where line.hasPrefix("| ") && !line.hasPrefix("| ---") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count >= 3, cells[1] != "target" else { continue }
            table[cells[1]] = Set(cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        }
        return table
    }
}
