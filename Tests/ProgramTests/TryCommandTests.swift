// The `try` commands of the real binary: shapes, order, failures, speed.

import Foundation
import TestSupport
import Testing

private let mail = """
    From: Tom Tester <tom@x.example>
    To: Acme <support@acme.example>
    Subject: =?utf-8?q?Wo_bleibt_meine_Bestellung=3F?=
    Message-ID: <1@x.example>
    Date: Mon, 23 Nov 2026 09:00:00 +0100

    Guten Tag, wo bleibt meine Bestellung? Ich warte seit einer Woche darauf.

    -- 
    Tom
    """.replacing("\n", with: "\r\n")

@Suite struct TryCommandTests {
    @Test func `try mail gives the whole shape, in the order of the inputs`() async throws {
        let folder = try ProgramFolder()
        try folder.write("one.eml", mail)
        let run = try await folder.run("try", "mail", "--json", "nothing.eml", "one.eml", ".", "-", input: mail)
        // Each input has its object, and who only looks at the exit code learns that two could not be read.
        #expect(run.status == 66)
        let objects = try run.objects()
        #expect(objects.map { $0["file"] as? String } == ["nothing.eml", "one.eml", ".", "-"])
        #expect(objects.map { $0["parsed"] as? Bool } == [false, true, false, true])
        #expect(objects[0]["error"] as? String == "there is no such file")
        let keys = [
            "file", "parsed", "error", "messageID", "inReplyTo", "references", "subject", "from", "to", "cc", "replyTo",
            "date", "kind", "answerable", "answerableReasons", "language", "text", "newText", "signature", "quoted",
            "html", "attachments", "bounce", "verified",
        ]
        for object in objects { #expect(Set(object.keys) == Set(keys)) }
        let good = objects[1]
        #expect(good["messageID"] as? String == "1@x.example")
        #expect(good["subject"] as? String == "Wo bleibt meine Bestellung?")
        #expect((good["from"] as? [String: any Sendable])?["address"] as? String == "tom@x.example")
        #expect(good["date"] as? String == "2026-11-23T09:00:00+01:00")
        #expect(good["kind"] as? String == "human")
        #expect(good["language"] as? String == "de")
        #expect((good["signature"] as? String)?.contains("Tom") == true)
        #expect(good["html"] is NSNull && good["bounce"] is NSNull)
        #expect((good["attachments"] as? [any Sendable])?.isEmpty == true)
    }

    @Test func `try mail shows a mail to people within 80 columns`() async throws {
        let folder = try ProgramFolder()
        try folder.write("one.eml", mail)
        let run = try await folder.run("try", "mail", "one.eml")
        #expect(run.status == 0)
        #expect(run.output.contains("subject       Wo bleibt meine Bestellung?"))
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `try html gives safe HTML and text, or a failure`() async throws {
        let folder = try ProgramFolder()
        try folder.write("a.html", "<p onclick=x>Hello <b>you</b></p><script>alert(1)</script>")
        let run = try await folder.run("try", "html", "--json", "a.html", "b.html")
        #expect(run.status == 66)
        #expect(try await folder.run("try", "html", "--json", "a.html").status == 0)
        let objects = try run.objects()
        #expect(Set(objects[0].keys) == ["file", "html", "text"])
        #expect((objects[0]["html"] as? String)?.contains("onclick") == false)
        #expect((objects[0]["text"] as? String)?.contains("Hello you") == true)
        #expect(objects[1]["parsed"] as? Bool == false)
    }

    @Test func `What can be read and is no mail is worked through all the same`() async throws {
        let folder = try ProgramFolder()
        try folder.write("empty.eml", "")
        #expect(try await folder.run("try", "mail", "empty.eml").status == 0)
        #expect(try await folder.run("try", "mail", "nope.eml").status == 66)
    }

    @Test func `try language takes a text in quotes, and says what a desk does with und`() async throws {
        let folder = try ProgramFolder()
        let unsure = try await folder.run("try", "language", "ok ok 48213")
        #expect(unsure.status == 0 && unsure.output.hasPrefix("und"))
        #expect(unsure.errors.contains("fallback-language"))
        let sure = try await folder.run("try", "language", "--among", "en,de", "Where is the parcel that I ordered?")
        #expect(sure.output.hasPrefix("en") && sure.errors.isEmpty)
        let json = try await folder.run("try", "language", "--json", "ok ok 48213")
        #expect(json.errors.isEmpty)
        #expect(try json.objects().map { $0["language"] as? String } == ["und"])
        #expect(try await folder.run("try", "language", "nosuchfile").status == 66)
    }

    @Test func `a model that cannot be used is refused by its name`() async throws {
        let folder = try ProgramFolder()
        try folder.write("short.ftz", "no model")
        for (name, status) in [("nowhere.ftz", Int32(66)), ("short.ftz", 65)] {
            let run = try await folder.run("try", "language", "--model", name, "Wo bleibt mein Paket von gestern?")
            #expect(run.status == status && run.errors.contains(name))
        }
        try folder.write("deskbridge.yaml", "language: {model: short.ftz}\n")
        let check = try await folder.run("check")
        #expect(check.status == 78 && check.output.contains("language.model") && check.output.contains("short.ftz"))
    }

    @Test(.needs(.languageModel)) func `a model tells languages in try language, and check names it`() async throws {
        let folder = try ProgramFolder()
        let text = "Dzień dobry, proszę o fakturę za ostatnie zamówienie."
        let run = try await folder.run("try", "language", "--json", "--model", LanguageModelFile.path, text)
        #expect(try run.objects().map { $0["language"] as? String } == ["pl"])
        try folder.write(
            "deskbridge.yaml", "language: {model: \"\(LanguageModelFile.path)\"}\nweb: {listen: \"127.0.0.1:0\"}\n")
        let check = try await folder.run("check", "--json")
        let found = try check.objects().first { $0["part"] as? String == "language" }
        #expect(found?["ok"] as? Bool == true)
        #expect((found?["finding"] as? String)?.contains("lid.176.ftz") == true)
    }

    @Test func `try answer goes by deskbridge.yaml like the other commands, and has one figure of confidence`()
        async throws
    {
        let folder = try ProgramFolder()
        let knowledge = repository("examples/knowledge").path(percentEncoded: false)
        let question = "How do I return a machine?"
        #expect(try await folder.run("try", "answer", question).status == 64)
        try folder.write(
            "deskbridge.yaml", "knowledge: [\(knowledge)]\nanswering: {confidence: 0.5}\ndesk: {languages: [en, de]}\n")
        let run = try await folder.run("try", "answer", question)
        #expect(run.status == 0, "\(run.errors)")
        // The reason names the threshold of the settings, and the same confidence as the line above it.
        let line = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("confidence") })
        let figure = try #require(line.split(separator: " ", maxSplits: 1).last).trimmingCharacters(in: .whitespaces)
        #expect(run.output.contains("confidence \(figure) reaches 50 %"), "\(run.output)")
    }

    @Test func `try language answers every line, empty ones too`() async throws {
        let folder = try ProgramFolder()
        let text =
            "Wo bleibt denn meine Bestellung?\n\nWhere is the parcel that I ordered?\nOù est ma commande, s'il vous plaît ?"
        let run = try await folder.run("try", "language", "--json", "--among", "en,de,fr", "-", input: text)
        #expect(run.status == 0)
        let objects = try run.objects()
        #expect(objects.map { $0["language"] as? String } == ["de", "und", "en", "fr"])
        #expect(objects.allSatisfy { Set($0.keys) == ["language", "certainty"] })
    }

    @Test func `Thousands of lines keep their order and are done soon`() async throws {
        let folder = try ProgramFolder()
        let lines = (0..<5000).map {
            $0 % 2 == 0 ? "Wo bleibt denn meine Bestellung \($0)?" : "Where is my parcel number \($0)?"
        }
        let clock = ContinuousClock()
        let begun = clock.now
        let run = try await folder.run(
            "try", "language", "--json", "--among", "en,de", input: lines.joined(separator: "\n"))
        #expect(clock.now - begun < .seconds(30))
        let found = try run.objects().compactMap { $0["language"] as? String }
        #expect(found == (0..<5000).map { $0 % 2 == 0 ? "de" : "en" })
    }

    @Test func `try threads without a desk is plain REFERENCES`() async throws {
        let folder = try ProgramFolder()
        func mail(_ name: String, _ headers: String) throws {
            try folder.write(name, "From: a@x.example\nTo: d@acme.example\n\(headers)\n\nText\n")
        }
        try mail("a.eml", "Message-ID: <a@x>\nSubject: One")
        try mail("b.eml", "Message-ID: <b@x>\nReferences: <a@x>\nSubject: Other")
        try mail("c.eml", "Message-ID: <c@x>\nSubject: Re: one")
        try mail("d.eml", "Message-ID: <d@x>\nSubject: Two")
        let run = try await folder.run("try", "threads", "--json", "a.eml", "b.eml", "c.eml", "gone.eml", "d.eml")
        #expect(run.status == 66)
        let objects = try run.objects()
        #expect(objects.map { $0["conversation"] as? String } == ["a.eml", "a.eml", "a.eml", nil, "d.eml"])
        #expect(objects[3]["parsed"] as? Bool == false)
    }

    @Test func `try threads without a desk knows no Thread-Index, and puts answers to a missing mail together`()
        async throws
    {
        let folder = try ProgramFolder()
        let index = "Thread-Index: AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg=="
        func mail(_ name: String, _ headers: String) throws {
            try folder.write(name, "From: a@x.example\nTo: d@acme.example\n\(headers)\n\nText\n")
        }
        try mail("a.eml", "Message-ID: <a@x>\nSubject: One\n\(index)")
        try mail("b.eml", "Message-ID: <b@x>\nSubject: Two\n\(index)")
        try mail("c.eml", "Message-ID: <c@x>\nReferences: <gone@x> <lost@x>\nSubject: Three")
        try mail("d.eml", "Message-ID: <d@x>\nIn-Reply-To: <gone@x>\nSubject: Four")
        let run = try await folder.run("try", "threads", "--json", "a.eml", "b.eml", "c.eml", "d.eml")
        #expect(
            try run.objects().map { $0["conversation"] as? String } == ["a.eml", "b.eml", "c.eml", "c.eml"])
    }

    @Test func `try threads for a desk follows a Thread-Index as the gateway does`() async throws {
        let folder = try ProgramFolder()
        func mail(_ name: String, from: String = "a@x.example", _ headers: String) throws {
            try folder.write(name, "From: \(from)\nTo: d@acme.example\n\(headers)\n\nText of \(name)\n")
        }
        let root = "Thread-Index: AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg=="
        let child = "Thread-Index: AQHabjbCR9/kPqXz\n TUyNvL3s5W1ZyoABAgME"
        try mail("a.eml", "Message-ID: <a@x>\nSubject: One\nCc: c@x.example\n\(root)")
        try mail("child.eml", "Message-ID: <b@x>\nSubject: Two\n\(child)")
        try mail("copied.eml", from: "c@x.example", "Message-ID: <c@x>\nSubject: Three\n\(child)")
        try mail("stranger.eml", from: "s@y.example", "Message-ID: <s@y>\nSubject: 4\nCc: a@x.example\n\(child)")
        try mail("again.eml", "Message-ID: <e@x>\nSubject: Five\n\(child)")
        try mail("strange.eml", from: "s@y.example", "Message-ID: <t@y>\nSubject: Six\n\(child)")
        try mail("named.eml", "Message-ID: <f@x>\nReferences: <lost@x>\nSubject: Seven\n\(root)")
        try mail("other.eml", "Message-ID: <g@x>\nSubject: Eight\nThread-Index: AQHabjCdR9/kPqXzTUyNvL3s5W1Zyg==")
        let files = [
            "a.eml", "child.eml", "copied.eml", "stranger.eml", "again.eml", "strange.eml", "named.eml", "other.eml",
        ]
        let run = try await folder.run(["try", "threads", "--json", "--desk", "d@acme.example"] + files)
        #expect(
            try run.objects().map { $0["conversation"] as? String } == [
                "a.eml", "a.eml", "a.eml", "stranger.eml", "a.eml", "stranger.eml", "named.eml", "other.eml",
            ])
    }

    @Test func `try threads for a desk puts a copy by another route where the mail went`() async throws {
        let folder = try ProgramFolder()
        func mail(_ name: String, from: String = "a@x.example", _ headers: String, _ text: String) throws {
            try folder.write(
                name, "From: \(from)\nTo: d@acme.example\nMessage-ID: <a@x>\n\(headers)\n\n\(text)\n")
        }
        try mail("a.eml", "Subject: One", "Where is it?")
        try mail(
            "list.eml", "Subject: [Help] One\nList-Id: <help.x.example>\nList-Post: <mailto:help@x.example>",
            "Where is it?\n_______________\nHelp mailing list")
        try mail("other.eml", "Subject: Two", "And where is the other?")
        try mail("stranger.eml", from: "s@y.example", "Subject: Three", "Where is it?")
        let files = ["a.eml", "list.eml", "other.eml", "stranger.eml"]
        let run = try await folder.run(["try", "threads", "--json", "--desk", "d@acme.example"] + files)
        #expect(
            try run.objects().map { $0["conversation"] as? String }
                == ["a.eml", "a.eml", "other.eml", "stranger.eml"])
    }

    @Test func `try threads for a desk lets only participants join`() async throws {
        let folder = try ProgramFolder()
        func mail(_ name: String, from: String, _ headers: String) throws {
            try folder.write(name, "From: \(from)\nTo: d@acme.example\n\(headers)\n\nText\n")
        }
        try mail("a.eml", from: "a@x.example", "Message-ID: <a@x>\nSubject: One\nCc: c@x.example")
        try mail("stranger.eml", from: "s@y.example", "Message-ID: <s@y>\nReferences: <a@x>\nSubject: Re: One")
        try mail("customer.eml", from: "a@x.example", "Message-ID: <b@x>\nReferences: <a@x>\nSubject: Re: One")
        try mail("copied.eml", from: "c@x.example", "Message-ID: <c@x>\nReferences: <a@x>\nSubject: Re: One")
        try mail("desk.eml", from: "d@acme.example", "Message-ID: <d@acme>\nReferences: <b@x>\nSubject: Re: One")
        let files = ["a.eml", "stranger.eml", "customer.eml", "copied.eml", "desk.eml"]
        let run = try await folder.run(["try", "threads", "--json", "--desk", "d@acme.example"] + files)
        #expect(run.status == 0)
        #expect(
            try run.objects().map { $0["conversation"] as? String }
                == ["a.eml", "stranger.eml", "a.eml", "a.eml", "a.eml"])
    }

    @Test func `A forged sender does not join by References alone`() async throws {
        let folder = try ProgramFolder()
        func mail(_ name: String, _ verdict: String, _ headers: String) throws {
            try folder.write(
                name,
                "Authentication-Results: mx.acme.example; dmarc=\(verdict) header.from=x.example\n"
                    + "From: a@x.example\nTo: d@acme.example\n\(headers)\n\nText\n")
        }
        try mail("a.eml", "pass", "Message-ID: <a@x>\nSubject: One")
        try mail("forged.eml", "fail", "Message-ID: <f@x>\nReferences: <a@x>\nSubject: Re: One")
        try mail("real.eml", "pass", "Message-ID: <b@x>\nReferences: <a@x>\nSubject: Re: One")
        let run = try await folder.run(
            "try", "threads", "--json", "--desk", "d@acme.example", "a.eml", "forged.eml", "real.eml")
        #expect(try run.objects().map { $0["conversation"] as? String } == ["a.eml", "forged.eml", "a.eml"])
    }

    @Test func `try search and try answer work from a folder alone`() async throws {
        let folder = try ProgramFolder()
        let knowledge = repository("examples/knowledge").path(percentEncoded: false)
        try folder.write("questions", "How long does delivery take?\n\nWie entkalke ich meine Maschine?\n")
        let search = try await folder.run(
            "try", "search", "--json", "--knowledge", knowledge, "--limit", "2", "--queries", "questions")
        #expect(search.status == 0)
        let found = try search.objects()
        #expect(found.count == 3)
        let first = try #require((found[0]["results"] as? [[String: any Sendable]])?.first)
        #expect(Set(first.keys) == ["article", "title", "passage", "score"])
        #expect(first["article"] as? String == "en/delivery.md")
        #expect((found[2]["results"] as? [any Sendable])?.count == 2)
        let answer = try await folder.run(
            "try", "answer", "--json", "--knowledge", knowledge, "How long does delivery take?",
            "I want to talk to a human")
        #expect(answer.status == 0)
        let drafts = try answer.objects()
        #expect(
            Set(drafts[0].keys) == [
                "query", "reply", "language", "confidence", "decision", "reasons", "sources", "cost",
            ])
        #expect((drafts[0]["reply"] as? String)?.isEmpty == false)
        #expect(drafts[0]["cost"] as? Int == 0)
        #expect(drafts[1]["decision"] as? String == "ticket")
    }

    @Test func `Wrong use is told with exit code 64, missing knowledge with 66`() async throws {
        let folder = try ProgramFolder()
        #expect(try await folder.run("try", "language", "--among", "english").status == 64)
        #expect(try await folder.run("try", "search", "--knowledge", ".").status == 64)
        #expect(try await folder.run("try", "search", "x", "--knowledge", "nowhere").status == 66)
        #expect(try await folder.run("try", "threads", "--secret", "file:x", "a.eml").status == 64)
        #expect(try await folder.run("nonsense").status == 64)
    }
}
