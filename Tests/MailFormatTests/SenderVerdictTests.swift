// Only what a trusted server says, where only it could say it, and only for the domain of the one From.
import Correspondence
import Testing

@testable import MailFormat

struct SenderVerdictTests {
    private func verdict(_ headers: String, trust: AuthenticationTrust = .servers(["mx.acme.example"])) async throws
        -> Bool
    {
        let mail = "\(headers)\nTo: support@acme.example\nSubject: x\n\nx\n"
        return try await GMimeMailReader(guess: FixedGuess())
            .read(Array(mail.utf8), in: ReadingContext(trust: trust)).verification.isVerified
    }

    @Test(arguments: [
        ("dmarc=pass header.from=x.example", true), ("dmarc=pass", false),
        ("dkim=pass header.d=x.example; dmarc=pass", true), ("dmarc=pass header.from=y.example", false),
        ("dkim=pass header.d=x.example", true), ("dkim=pass header.i=@mail.x.example", true),
        ("dkim=pass header.d=y.example", false), ("dkim=pass header.d=example", false), ("dkim=pass", false),
        ("dkim=pass (1024-bit key; x) header.d=\"x.example\" header.b=abc", true),
        ("spf=pass smtp.mailfrom=a@x.example", true),
        ("spf=pass smtp.mailfrom=bounce.x.example", true), ("spf=pass smtp.mailfrom=a@y.example", false),
        ("spf=pass smtp.helo=x.example", false), ("dkim=fail header.d=x.example", false),
        ("dkim=pass header.d=x.example; dmarc=fail header.from=x.example", false), ("none", false),
        ("arc=pass header.d=x.example", false), ("dkim=pass header.d=evilx.example", false),
        ("spf=fail reason=\"; dmarc=pass\"", false), ("spf=fail (dmarc=pass; dkim=pass header.d=x.example)", false),
        ("spf=fail reason=\"unclosed; dmarc=pass", false), ("dkim = pass header.d = x.example", true),
        ("dkim/1=pass header.d=x.example", true), ("dmarc=bestguesspass", false),
        ("spf=fail smtp.mailfrom=\"x; dkim=pass header.d=x.example\"", false),
    ])
    func `a result of the trusted server decides`(result: String, isVerified: Bool) async throws {
        let headers =
            "Authentication-Results: mx.acme.example; \(result)\nReceived: from a by mx.acme.example; x\nFrom: a@x.example"
        #expect(try await verdict(headers) == isVerified, "\(result)")
    }

    @Test
    func `a result below a Received, by another server, or in another form counts for nothing`() async throws {
        let good = "Authentication-Results: mx.acme.example; dmarc=pass header.from=x.example"
        let from = "From: a@x.example"
        #expect(try await verdict("\(good)\n\(from)"))
        #expect(
            try await verdict(
                "Received: from b by lmtp.mx.acme.example with LMTP id x; x\n\(good)\nReceived: from a by mx.acme.example\n\(from)"
            ))
        #expect(try await !verdict("Received: from b by evil.example; x\n\(good)\n\(from)"))
        #expect(
            try await !verdict(
                "Authentication-Results: mx.acme.example; none\nReceived: by mx.acme.example\n\(good)\n\(from)"))
        #expect(try await !verdict("Authentication-Results: evil.example; dmarc=pass\n\(from)"))
        #expect(try await !verdict("Received: (by mx.acme.example) from x by evil.example\n\(good)\n\(from)"))
        #expect(try await !verdict("\(good)\nFrom: a@x.example, b@y.example"))
        #expect(try await !verdict("\(good)\nFrom: a@x.example\nFrom: b@y.example"))
        #expect(try await !verdict("X-Authentication-Results: mx.acme.example; dmarc=pass\n\(from)"))
        #expect(try await !verdict("Received-SPF: pass\n\(from)"))
    }

    /// What a server that writes no results of its own lets through: the sender's forgery stands below its line.
    private let forged = "Authentication-Results: mx.acme.example; dmarc=pass header.from=x.example\nFrom: a@x.example"

    @Test(arguments: [
        "from evil.example (evil.example [6.6.6.6]) by mx.acme.example with ESMTP id 1; x",
        // The name in `from` is what the sender said of itself.
        "from mx.acme.example (evil.example [6.6.6.6]) by mx.acme.example with ESMTP id 1; x",
        "from mx.acme.example (unknown [6.6.6.6]) by inner.acme.example with ESMTP id 1; x",
        "from mx.acme.example ([6.6.6.6]) by inner.acme.example with ESMTP id 1; x",
        "from mx.acme.example by mx.acme.example; x",
        "from mx.acme.example (evil.example [6.6.6.6]) (mx.acme.example [127.0.0.1]) by inner.acme.example; x",
        "from mx.acme.example (mx.acme.example [6.6.6.6] (may be forged)) by mx.acme.example; x",
        "from mx.acme.example (evil.example ([127.0.0.1]) [6.6.6.6]) by mx.acme.example with X; with LMTP",
        "from unknown (HELO mx.acme.example) (6.6.6.6) by mx.acme.example with SMTP; x",
        "from [6.6.6.6] (helo=mx.acme.example) by mx.acme.example with esmtp (Exim) id 1; x",
        "from evil.example ([6.6.6.6] helo=[127.0.0.1]) by mx.acme.example with esmtp; x",
        "from evil.example (evil.example [10.0.0.7]) by mx.acme.example with ESMTP; x",
        // Behind a forwarding gateway everybody has a private address.
        "from mx.acme.example (unknown [172.17.0.1]) by mx.acme.example with ESMTP id 1; x",
        "from mx.acme.example (unknown [172.17.0.1]) by store.example with ESMTP id 1; x",
        "from mx.acme.example ([172.17.0.1]) by store.example with ESMTP id 1; x",
        "from mx.acme.example (_gateway [172.17.0.1]) by mx.acme.example with ESMTP id 1; x",
        "from mx.acme.example (172.17.0.1) by mx.acme.example with Microsoft SMTP Server id 1; x",
        "from out.mx.acme.example (unknown [IPv6:fd00::5]) by store.example via tcp with ESMTP id 1; x",
        "by 2002:a05:6022:12a0:b0:51:f7a3:1 with SMTP id 1; x", "by mx.acme.example; x",
        "from evil.example (evil.example [6.6.6.6]) by mx.acme.example (with LMTP) with ESMTP; x",
    ])
    func `a forgery is not believed where the trusted server wrote nothing`(received: String) async throws {
        #expect(try await !verdict("Received: \(received)\n\(forged)"), "\(received)")
        let loopback = "Received: from localhost (localhost [127.0.0.1]) by mx.acme.example with ESMTP; x"
        #expect(try await !verdict("\(loopback)\nReceived: \(received)\n\(forged)"), "behind a hop inside")
    }

    @Test(arguments: [
        "from localhost (localhost [127.0.0.1]) by mx.acme.example (Postfix) with ESMTP id 1; x",
        "from mx.acme.example ([IPv6:::1]) by localhost (mx.acme.example [127.0.0.1]) (amavisd-new, port 10024); x",
        "from mx.acme.example (mx.acme.example [203.0.113.5]) by store.acme.example with ESMTPS id 1; x",
        "from mx.acme.example (mx [10.0.0.5]) by store.example with ESMTP id 1; x",
        "from mx.acme.example (172.16.0.9) by store.example with Microsoft SMTP Server id 1; x",
        "from out.mx.acme.example (out.mx.acme.example [IPv6:fd00::5]) by store.example via tcp with ESMTP id 1; x",
        "from mx.acme.example (mx.internal [172.17.0.4]) by store.example with ESMTP id 1; x",
        "from mx.acme.example ([203.0.113.5])\n\tby store.example with LMTP\n\tid 1; x",
        "from store.example ([unix socket]) by store.example (Cyrus v3.6) with LMTPA; x",
    ])
    func `hops inside may stand above the results of the trusted server`(received: String) async throws {
        let ours = "\(forged)\nReceived: from x.example (x.example [198.51.100.1]) by mx.acme.example with ESMTP id 1"
        #expect(try await verdict("Received: \(received)\n\(ours)"), "\(received)")
    }

    @Test
    func `results below the server's own line are believed if it is said to write them there, the first one only`()
        async throws
    {
        let line = "Received: from x.example (x.example [6.6.6.6]) by mx.acme.example with ESMTP id 1; x\n"
        let below = AuthenticationTrust.servers(["mx.acme.example"], below: true)
        let none = "Authentication-Results: mx.acme.example; dmarc=none\n"
        #expect(try await !verdict(line + forged))
        #expect(try await verdict(line + forged, trust: below))
        #expect(try await !verdict(line + none + forged, trust: below))
        #expect(try await !verdict(line + line + forged, trust: below))
        #expect(try await !verdict("Received: from x by other.example; x\n\(line)\(forged)", trust: below))
        #expect(try await verdict(forged, trust: below))
    }

    /// The order in which Gmail writes its lines.
    private func gmail(_ results: String, top: String = "by 2002:a05:7110:4102:b0:2c5:1 with SMTP id a1csp1; x")
        -> String
    {
        """
        Delivered-To: support@acme.example
        Received: \(top)
        X-Received: by 2002:a17:906:f85b:b0:a99:1 with SMTP id k1; x
        ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass header.from=x.example
        Return-Path: <a@x.example>
        Received: from mail.x.example (mail.x.example. [198.51.100.1])
                by mx.google.com with ESMTPS id a1 for <support@acme.example>; x
        Received-SPF: pass (google.com: domain of a@x.example designates 198.51.100.1 as permitted sender)
        \(results)From: a@x.example
        """
    }

    @Test
    func `Gmail's order needs no setting, and what stands below its results is a forgery`() async throws {
        let trust = AuthenticationTrust.servers(["mx.google.com"])
        let good = "Authentication-Results: mx.google.com;\n       dmarc=pass (p=NONE) header.from=x.example\n"
        let bad = "Authentication-Results: mx.google.com;\n       dmarc=fail (p=NONE) header.from=x.example\n"
        #expect(try await verdict(gmail(good), trust: trust))
        #expect(try await !verdict(gmail(bad), trust: trust))
        #expect(try await !verdict(gmail(bad + good), trust: trust))
        #expect(try await !verdict(gmail(good.replacing("google.com", with: "evil.example")), trust: trust))
        #expect(
            try await !verdict(gmail(good, top: "from a by 2002:a05:7110:4102:b0:2c5:1 with SMTP; x"), trust: trust))
        // Gmail's place is Gmail's alone: another trusted server's name does not count there.
        let both = AuthenticationTrust.servers(["mx.google.com", "mx.acme.example"])
        #expect(try await !verdict(gmail(good.replacing("mx.google.com", with: "mx.acme.example")), trust: both))
    }

    @Test
    func `trust of the first position, of everyone and of nobody`() async throws {
        let good =
            "Authentication-Results: spf=pass smtp.mailfrom=x.example; dmarc=pass header.from=x.example\nFrom: a@x.example"
        #expect(try await verdict(good, trust: .firstPosition))
        let second =
            "Authentication-Results: spf=fail\nAuthentication-Results: dmarc=pass header.from=x.example\nFrom: a@x.example"
        #expect(try await !verdict(second, trust: .firstPosition))
        #expect(try await verdict("From: a@x.example", trust: .everyone))
        #expect(try await !verdict(good, trust: .nobody))
    }

    @Test
    func `being below a public suffix proves no kinship`() {
        #expect(SenderVerdict.isAligned("mail.x.example", "x.example"))
        #expect(SenderVerdict.isAligned("x.example", "mail.x.example"))
        #expect(!SenderVerdict.isAligned("co.uk", "x.co.uk"))
        #expect(!SenderVerdict.isAligned("github.io", "x.github.io"))
        #expect(!SenderVerdict.isAligned("example", "x.example"))
    }
}
