// Pure guards: rates, proxies, hosts, forms.

import Correspondence
import Foundation
import Testing

@testable import Web

struct AccessTests {
    @Test("a rate gives its whole count at once and the rest evenly")
    func rate() {
        let clock = TestClock()
        let limiter = RateLimiter(
            Rate(count: 2, period: .seconds(10)),
            surroundings: Surroundings(now: { clock.now }, randomBytes: { [UInt8](repeating: 0, count: $0) }))
        #expect(limiter.wait(for: "a") == nil)
        #expect(limiter.wait(for: "a") == nil)
        #expect(limiter.wait(for: "a") == .seconds(5))
        #expect(limiter.wait(for: "b") == nil)
        clock.advance(.seconds(5))
        #expect(limiter.wait(for: "a") == nil)
        #expect(limiter.wait(for: "a") == .seconds(5))
        clock.advance(.seconds(60))
        #expect(limiter.wait(for: "a") == nil)
        #expect(limiter.wait(for: "a") == nil)
        #expect(limiter.wait(for: "a") != nil)
    }

    @Test("a forwarded address is believed from trusted proxies alone, from the end of the list")
    func proxies() {
        let trust = ProxyTrust(["10.0.0.0/8", "::1"])
        #expect(trust.client(of: "203.0.113.9", forwarded: ["1.2.3.4"]) == "203.0.113.9")
        #expect(trust.client(of: "10.1.1.1", forwarded: ["1.2.3.4"]) == "1.2.3.4")
        #expect(trust.client(of: "10.1.1.1", forwarded: ["6.6.6.6, 1.2.3.4, 10.2.2.2"]) == "1.2.3.4")
        #expect(trust.client(of: "::ffff:10.1.1.1", forwarded: ["1.2.3.4"]) == "1.2.3.4")
        #expect(trust.client(of: "10.1.1.1", forwarded: ["nonsense"]) == "10.1.1.1")
        #expect(trust.client(of: nil, forwarded: ["1.2.3.4"]) == "unknown")
        #expect(ProxyTrust.rateKey("2001:db8::1") == ProxyTrust.rateKey("2001:db8::2"))
        #expect(ProxyTrust.rateKey("2001:db8::1") != ProxyTrust.rateKey("2001:db8:0:1::1"))
    }

    @Test("hosts: our names, loopback and bare addresses, nothing else")
    func hosts() {
        let guardian = HostGuard(settings: WebSettings(url: "https://desk.acme.example"))
        for host in [
            "localhost:8025", "127.0.0.1:8025", "desk.acme.example", "DESK.acme.example:443", "[::1]:8025",
            "localhost.",
        ] {
            #expect(guardian.allows(host), "\(host)")
        }
        for host in ["evil.example", "desk.acme.example.evil.example", "", "localhost:x", "[evil]", "127.0.0.1.nip.io"]
        {
            #expect(!guardian.allows(host), "\(host)")
        }
    }

    @Test("forms decode, and what is broken stays harmless")
    func forms() {
        #expect(Form.parse("a=1&b=x+y&c=%C3%A4%0D%0A&d") == ["a": "1", "b": "x y", "c": "ä\n", "d": ""])
        #expect(Form.parse("%zz=%") == ["%zz": "%"])
    }
}
