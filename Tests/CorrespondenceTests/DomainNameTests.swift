// Domains beyond ASCII: their A-labels, what has none, and how two are compared.

import Correspondence
import Testing

@Suite struct DomainNameTests {
    @Test(arguments: [
        ("Acme.Example", "Acme.Example"), ("bücher.example", "xn--bcher-kva.example"),
        ("BU\u{308}CHER.Example", "xn--bcher-kva.example"), ("straße.example", "xn--strae-oqa.example"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"), ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"), ("παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp"),
        ("उदाहरण.परीक्षा", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g"), ("실례.테스트", "xn--9n2bp8q.xn--9t4b11yi5a"),
        ("إختبار", "xn--kgbechtv"), ("col·lecció.example", "xn--collecci-ioa91d.example"),
        ("[192.0.2.1]", "[192.0.2.1]"),
    ]) func `a domain goes out in A-labels`(domain: String, ascii: String) throws {
        #expect(try DomainName.ascii(domain) == ascii)
        #expect(DomainName.key(domain) == ascii.lowercased())
    }

    @Test(arguments: [
        "\u{308}x.example", "x♥.example", "ｅvil.example", "ⓔvil.example", "\u{fc}-.example", "-\u{fc}.example",
        "ab--\u{fc}.example", "xn--\u{fc}.example", "\u{fc}..example", "a·\u{fc}.example", "\u{fc}\u{200D}.example",
        "[IPv6:\u{fc}]", "\u{fc}\u{AD}.example", String(repeating: "\u{fc}", count: 70) + ".example",
    ]) func `what a reader could take for another domain, or no server finds, has none`(domain: String) {
        #expect(throws: DomainName.NoALabel.self) { try DomainName.ascii(domain) }
        #expect(DomainName.key(domain) == domain.lowercased())
    }

    @Test func `addresses are the same with and without A-labels, and only then`() throws {
        let shown = try #require(EmailAddress("Anna@Bücher.example"))
        let wire = try #require(EmailAddress("anna@XN--bcher-kva.example"))
        #expect(shown == wire && wire == shown && shown.key == wire.key && Set([shown, wire]).count == 1)
        #expect(try shown.inALabels().text == "Anna@xn--bcher-kva.example")
        for other in [
            "anna@bucher.example", "anna@xn--bcher-kva.example.evil.example", "anne@bücher.example", "anna@b",
        ] {
            let other = try #require(EmailAddress(other))
            #expect(shown != other && wire != other && other != shown)
        }
        #expect(EmailAddress("a@ｅvil.example") != EmailAddress("a@evil.example"))
    }
}
