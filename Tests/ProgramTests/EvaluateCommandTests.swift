// `deskbridge evaluate` of the real binary: what it takes, what it says, and two runs held against each other.

import Foundation
import Testing

@Suite struct EvaluateCommandTests {
    private func desk() throws -> ProgramFolder {
        let folder = try ProgramFolder()
        try folder.write(
            "faq/returns.md",
            """
            # Returning a machine

            ## How do I return a machine?

            You can return an unused machine within 30 days. Print the return label in your account.
            """)
        try folder.write(
            "faq/delivery.md",
            """
            # Delivery

            ## How long does delivery take?

            Delivery of a machine takes two to four working days.
            """)
        return folder
    }

    private let table = """
        question;article;topic;language
        "How do I return a machine?";returns.md;returns;en
        How long does delivery take?;delivery.md;delivery;en
        "Which is the capital of France, and ""why""?";;other;en
        """

    @Test func `a table of questions is judged, question by question and in all`() async throws {
        let folder = try desk()
        try folder.write("questions.csv", table)
        let run = try await folder.run("evaluate", "questions.csv", "--knowledge", "faq", "--json")
        #expect(run.status == 0, "\(run.errors)")
        let objects = try run.objects()
        try #require(objects.count == 4)
        #expect(objects.prefix(3).map { $0["article"] as? String }.first == "returns.md")
        #expect(objects[2]["query"] as? String == "Which is the capital of France, and \"why\"?")
        #expect(objects[2]["right"] as? Bool == false && objects[2]["decision"] as? String == "ticket")
        let all = objects[3]
        #expect(all["evaluation"] as? String == "built-in" && all["questions"] as? Int == 3)
        let kept = all["kept"] as? [String: any Sendable]
        #expect(kept?["count"] as? Int == 1 && kept?["total"] as? Int == 1)
        #expect((all["topics"] as? [String: any Sendable])?.keys.sorted() == ["delivery", "other", "returns"])
    }

    @Test func `people read it within 80 columns, and as one page that needs nothing else`() async throws {
        let folder = try desk()
        try folder.write("questions.csv", table)
        let text = try await folder.run("evaluate", "questions.csv", "--knowledge", "faq")
        #expect(text.status == 0 && text.output.contains("Right of those"))
        #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let page = try await folder.run("evaluate", "questions.csv", "--knowledge", "faq", "--output", "e.html")
        #expect(page.status == 0, "\(page.errors)")
        let html = try folder.read("e.html")
        #expect(html.hasPrefix("<!DOCTYPE html>") && !html.contains("src=") && !html.contains("<link"))
        #expect(html.contains("How much could be sent"))
    }

    @Test func `a later run says what became better and worse`() async throws {
        let folder = try desk()
        try folder.write("questions.csv", table)
        let first = try await folder.run(
            "evaluate", "questions.csv", "--knowledge", "faq", "--json", "--output", "before.jsonl", "--threshold", "0")
        #expect(first.status == 0, "\(first.errors)")
        let second = try await folder.run(
            "evaluate", "questions.csv", "--knowledge", "faq", "--json", "--against", "before.jsonl", "--threshold",
            "1")
        let changes = try second.objects().last?["changes"] as? [[String: any Sendable]]
        #expect(Set((changes ?? []).compactMap { $0["kind"] as? String }).isSuperset(of: ["lost"]))
    }

    @Test func `mails and exported conversations are counted without being judged`() async throws {
        let folder = try desk()
        try folder.write(
            "one.eml",
            "From: Tom <tom@x.example>\r\nTo: support@acme.example\r\nMessage-ID: <1@x.example>\r\nSubject: Return\r\n\r\n"
                + "How do I return a machine?\r\n")
        try folder.write(
            "all.jsonl",
            #"{"id":"c1","language":"en","messages":[{"direction":"in","newText":"How long does delivery take?"}]}"#
                + "\n"
                + #"{"id":"c2","messages":[{"direction":"out","newText":"Hello"}]}"# + "\n")
        let run = try await folder.run("evaluate", "one.eml", "all.jsonl", "--knowledge", "faq", "--json")
        let objects = try run.objects()
        #expect(objects.dropLast().map { $0["name"] as? String } == ["c1", "1@x.example"])
        #expect(objects.allSatisfy { $0["right"] == nil || $0["right"] is NSNull || $0["evaluation"] != nil })
        #expect(run.errors.contains("all.jsonl:2"))
    }

    @Test func `what cannot be evaluated is said with the reason`() async throws {
        let folder = try desk()
        try folder.write("wrong.csv", "a;b\n1;2\n")
        for (arguments, word) in [
            (["evaluate", "wrong.csv", "--knowledge", "faq"], "must name the columns"),
            (["evaluate", "absent.csv", "--knowledge", "faq"], "no such file"),
            (["evaluate", "--knowledge", "faq"], "--stored"),
            (["evaluate", "wrong.csv"], "question"),
        ] {
            let run = try await folder.run(arguments)
            #expect(run.status != 0 && run.errors.contains(word), "\(arguments): \(run.errors)")
        }
    }
}
