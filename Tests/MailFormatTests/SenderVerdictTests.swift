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
        ("dmarc=pass header.from=x.example", true), ("dmarc=pass", true), ("dmarc=pass header.from=y.example", false),
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
                "Received: from b by lmtp.mx.acme.example; x\n\(good)\nReceived: from a by mx.acme.example\n\(from)"))
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
