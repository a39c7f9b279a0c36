// Failed deliveries in plain words.

import Correspondence
import Testing

@Suite struct FailedDeliveryTests {
    private func reason(_ recipient: String? = nil, _ status: String? = nil, _ diagnostic: String? = nil) -> String {
        FailedDelivery.reason(
            Bounce(recipient: recipient, status: status, diagnostic: diagnostic, originalMessageID: nil))
    }

    @Test func `recipient, status and what their server said are told as far as they are known`() {
        #expect(FailedDelivery.reason(nil) == "a reply could not be delivered")
        #expect(reason("a@b.example") == "a reply to a@b.example could not be delivered")
        #expect(
            reason("a@b.example", "5.1.1", "550 no")
                == "a reply to a@b.example could not be delivered: there is no such mailbox (5.1.1); "
                + "their server said: 550 no")
        #expect(reason(nil, "5.9.9") == "a reply could not be delivered: 5.9.9")
        #expect(reason(nil, "5.7.26").contains("refuses mail from us (5.7.26)"))
    }

    @Test func `a foreign server's words stay one short line`() {
        let told = reason("a@b.example\r\nBcc: x", "5.1.1", String(repeating: "line\r\n\u{0}", count: 10_000))
        #expect(!told.contains { $0.isNewline || $0 == "\0" })
        #expect(told.unicodeScalars.count < 1_000)
    }
}
