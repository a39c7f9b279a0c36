// Errors: one shape, tried again or not, and nothing in them that nobody may read.

import Correspondence
import Testing

@Suite struct FailureTests {
    @Test func `a secret shows itself in no description`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        let server = SubmissionServer(url: "smtps://mail.example", username: "u", password: secret)
        var dumpedServer = ""
        dump(server, to: &dumpedServer)
        for text in [
            "\(secret)", String(reflecting: secret), dumped, "\(server)", String(reflecting: server), dumpedServer,
        ] {
            #expect(!text.contains("hunter2"))
        }
        #expect(secret.revealed == "hunter2")
    }

    @Test func `an account with a password does not show it`() {
        let account = MailboxAccount(name: "m", url: "imaps://x", username: "u", login: .password(Secret("hunter2")))
        var dumped = ""
        dump(account, to: &dumped)
        #expect(!"\(account)".contains("hunter2") && !dumped.contains("hunter2"))
    }

    @Test func `a description is the public text with its detail, or with its code`() {
        #expect(StoreError(.notFound, detail: "no ticket 7").description == "there is no such record: no ticket 7")
        #expect(StoreError(.notFound, detail: "").description == "there is no such record [notFound]")
    }

    @Test(arguments: [
        (StoreError.Code.unavailable, true), (.full, true), (.stale, true), (.locked, true), (.readOnly, false),
        (.notFound, false), (.invalid, false), (.damaged, false), (.other, false),
    ]) func `a store's error says whether to try again`(code: StoreError.Code, isTemporary: Bool) {
        let error = StoreError(code, detail: "row 17 of host db.internal")
        #expect(error.isTemporary == isTemporary)
        #expect(!error.publicText.contains("17") && !error.publicText.contains("internal"))
    }

    @Test func `public texts name no detail`() {
        let errors: [any Failure] = [
            MailboxError(.login, detail: "10.0.0.7"), MailReadingError(.notMail, detail: "10.0.0.7"),
            AnswererError(.refused, detail: "10.0.0.7"),
        ]
        for error in errors {
            #expect(!error.publicText.contains("10.0.0.7"))
            #expect(error.description.contains("10.0.0.7"))
        }
        #expect(!MailboxError(.login, detail: "").isTemporary)
        #expect(!MailboxError(.tls, detail: "").isTemporary)
        #expect(MailboxError(.cutOff, detail: "").isTemporary)
        #expect(AnswererError(.timedOut, detail: "").isTemporary)
        #expect(!AnswererError(.badAnswer, detail: "").isTemporary)
    }

    @Test func `a bounce is final unless it says 4`() {
        func bounce(_ status: String?) -> Bounce {
            Bounce(recipient: nil, status: status, diagnostic: nil, originalMessageID: nil)
        }
        #expect(bounce(nil).isFinal)
        #expect(bounce("5.1.1").isFinal)
        #expect(!bounce("4.4.7").isFinal)
    }
}
