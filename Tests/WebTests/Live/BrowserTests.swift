// Pages in a real browser: they open, they render, and nothing they refuse to run is needed.

import Correspondence
import Foundation
import Rehearsal
import TestSupport
import Testing

@testable import Web

@Suite(.needs(.chromium))
struct BrowserTests {
    /// What the browser has after it ran the page: the tree as it stands, and its complaints.
    private static func open(_ url: String, screenshot: String? = nil, width: Int = 1200) async throws -> String {
        let profile = try TestFolder.make()
        let task = screenshot.map { "--screenshot=\($0)" } ?? "--dump-dom"
        let command = try ChildCommand(
            ChildCommand.locate("chromium"),
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=\(profile)", "--enable-logging=stderr", "--timeout=5000",
                "--window-size=\(width),1600", task, url,
            ])
        return try await FinishedProcess.run(command, within: .seconds(90)).output
    }

    @Test("The one-time link leads to the dashboard, and hostile words stay words", .timeLimit(.minutes(3)))
    func dashboard() async throws {
        try await LiveTests.live { desk, _ in
            let id = try await desk.waiting()
            try await desk.conclude(id, reply: "Tomorrow, within 30 days.")
            _ = try await desk.ticketed()
            let page = try await Self.open(desk.server.entryLink())
            #expect(page.contains("<html"), "\(page.prefix(400))")
            #expect(page.contains("Acme"))
            // The content policy stands in the way of nothing the page itself needs.
            #expect(!page.contains("Refused to"), "\(page.suffix(2000))")
            #expect(!page.contains("Uncaught"))
        }
    }

    @Test("The digest is drawn on a desktop and on a phone", .timeLimit(.minutes(3)), arguments: [1200, 390])
    func digest(width: Int) async throws {
        try await LiveTests.live { desk, _ in
            _ = try await desk.ticketed()
            let now = desk.clock.now
            let figures = try await desk.store.figures(ReportPeriod(from: now - .days(7), to: now + .minutes(1)))
            let folder = try TestFolder.make()
            let file = "\(folder)/digest.html"
            try desk.seams.reports.digest(figures, desk: desk.seams.desk, madeAt: now)
                .write(toFile: file, atomically: true, encoding: .utf8)
            let picture = "\(folder)/digest.png"
            _ = try await Self.open("file://\(file)", screenshot: picture, width: width)
            let bytes = try #require(FileManager.default.contents(atPath: picture))
            #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            // An empty page of this size is some 5 KB of PNG.
            #expect(bytes.count > 15_000)
        }
    }
}
