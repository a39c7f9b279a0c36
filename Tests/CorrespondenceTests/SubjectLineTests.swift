// Subjects: prefixes of many languages, counters, tags, and hostile lengths.

import Correspondence
import Glibc
import Testing

@Suite struct SubjectLineTests {
    @Test(arguments: [
        "Re: Invoice", "RE: Invoice", "re:Invoice", "Re : Invoice", "Re[2]: Invoice", "Re(3): Invoice", "Re^4: Invoice",
        "AW: Invoice", "Antw: Invoice", "Antwort: Invoice", "SV: Invoice", "VS: Invoice", "Vá: Invoice", "Odp: Invoice",
        "Ynt: Invoice", "RIF: Invoice", "R: Invoice", "RES: Invoice", "Rép: Invoice", "RÉ: Invoice", "回复: Invoice",
        "回复：Invoice", "回覆: Invoice", "答复: Invoice", "رد: Invoice", "תגובה: Invoice", "ΑΠ: Invoice", "ΣΧΕΤ: Invoice",
        "Отв: Invoice", "Ответ: Invoice", "BLS: Invoice", "返信: Invoice", "회신: Invoice", "Odg: Invoice", "Atb: Invoice",
        "Re: AW: Re: Fwd: SV:  Invoice", "  Re:\t Invoice ", "Re: re[12]: Invoice", "[EXTERN] Re: Invoice",
        "[EXTERNAL] AW: Invoice", "Re: [Acme #12] Invoice", "[Acme #12] Re: Invoice",
        "Re: [acme #12] AW: [Acme #12] Invoice",
    ]) func `a reply's base is the subject it answers`(subject: String) {
        #expect(SubjectLine.base(subject, deskName: "Acme") == "Invoice")
        #expect(SubjectLine.isReply(subject) || subject.hasPrefix("[Acme"))
    }

    @Test(arguments: [
        "Fwd: Invoice", "FW: Invoice", "WG: Invoice", "TR: Invoice", "RV: Invoice", "I: Invoice", "PD: Invoice",
        "VB: Invoice",
        "VL: Invoice", "ENC: Invoice", "Doorst: Invoice", "転送: Invoice", "转发: Invoice", "إعادة توجيه: Invoice",
        "Továbbítás: Invoice",
    ]) func `a forwarded mail is no reply, though its base is the same`(subject: String) {
        #expect(SubjectLine.base(subject) == "Invoice")
        #expect(!SubjectLine.isReply(subject))
    }

    @Test(arguments: [
        "Invoice", "Problem: no light", "Order 12: where is it?", "http://acme.example/a", "Reservation: two rooms",
        "Re", "", ":", "[Acme] news", "[Bug] it fails", "12:30 is too late",
    ]) func `other subjects stay as they are`(subject: String) {
        #expect(SubjectLine.base(subject) == subject)
        #expect(!SubjectLine.isReply(subject))
    }

    @Test func `a reply bears prefix and tag once, however often it went to and fro`() {
        var subject = "Where is my order?"
        for _ in 0..<5 {
            subject = "AW: " + SubjectLine.reply(to: subject, deskName: "Acme", number: 12)
        }
        #expect(subject == "AW: Re: [Acme #12] Where is my order?")
        #expect(SubjectLine.reply(to: "Re: x", deskName: "Acme", number: nil) == "Re: x")
        #expect(SubjectLine.reply(to: "", deskName: "Acme", number: 3) == "Re: [Acme #3]")
    }

    @Test func `line ends in a subject end as blanks`() {
        let reply = SubjectLine.reply(to: "x\r\nBcc: y@z", deskName: "Ac\nme", number: 1)
        #expect(reply == "Re: [Acme #1] x Bcc: y@z")
    }

    @Test(
        arguments: [
            ("Re: [Acme #1234] x", 1234), ("[ACME #7]", 7), ("[Acme #] x", nil), ("[Acme #12x] x", nil),
            ("[Acme #12", nil),
            ("[Other #12] x", nil), ("[Acme #1234567890123] x", nil), ("[Acme #٣] x", nil), ("[Acme #-1] x", nil),
            ("#12", nil),
        ] as [(String, Int?)])
    func `the number stands in our tag alone`(subject: String, number: Int?) {
        #expect(SubjectLine.number(in: subject, deskName: "Acme") == number)
    }

    @Test func `a desk's name cannot break its own tag`() {
        let subject = SubjectLine.reply(to: "x", deskName: "A[c]#me", number: 5)
        #expect(subject == "Re: [Acme #5] x")
        #expect(SubjectLine.number(in: subject, deskName: "A[c]#me") == 5)
        #expect(SubjectLine.base(subject, deskName: "A[c]#me") == "x")
    }

    private var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test(arguments: ["Re: ", "[Acme #1] ", "Re[", "[", "\u{301}", "[EXT] ", "Re: [Acme #1] "])
    func `twice as long takes about twice as long`(piece: String) {
        func time(_ count: Int) -> Duration {
            let subject = String(repeating: piece, count: count) + "x"
            // Processor time of this thread: another program's work is not ours.
            return (0..<3).map { _ in
                let start = processorTime
                _ = SubjectLine.base(subject, deskName: "Acme")
                return processorTime - start
            }.min() ?? .zero
        }
        // Three doublings: linear work grows eightfold, quadratic work by 64.
        let small = time(2_000)
        let large = time(16_000)
        #expect(large < small * 30 + .milliseconds(20), "\(small) \(large)")
    }
}
