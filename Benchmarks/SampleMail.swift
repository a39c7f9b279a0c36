// Mails to measure with: plain, 4 KiB, each from another customer, each with a question the knowledge base answers.

import Correspondence

enum SampleMail {
    static let size = 4096
    static let question = "How long does the delivery of an espresso machine take, and what does shipping cost?"

    static func mails(_ count: Int, desk: String, question: String = question) -> [[UInt8]] {
        (0..<count).map { mail($0, desk: desk, question: question) }
    }

    static func mail(_ number: Int, desk: String, question: String) -> [UInt8] {
        var text = """
            Authentication-Results: mx.demo.example; spf=pass smtp.mailfrom=customer\(number)@people.example
            From: Customer \(number) <customer\(number)@people.example>
            To: \(desk)
            Subject: How long does delivery take?
            Date: Mon, 23 Nov 2026 09:00:00 +0100
            Message-ID: <bench-\(number)@people.example>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            X-Signed-Transport: @@PADDING@@

            Hello,

            \(question)

            Kind regards
            Customer \(number)

            """.replacing("\n", with: "\r\n")
        // Real mails of this size are mostly header: signatures and seals of the servers on their way.
        var padding = ""
        let line = String(repeating: "Zm9sZA", count: 11) + "\r\n "
        while text.utf8.count + padding.utf8.count + line.utf8.count <= size { padding += line }
        text = text.replacing("@@PADDING@@", with: padding + "end")
        return Array(text.utf8)
    }
}
