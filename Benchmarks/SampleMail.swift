// Mails to measure with: plain, 4 KiB, each from another customer, each with a question the knowledge base answers.

import Correspondence

enum SampleMail {
    static let size = 4096

    static func mails(
        _ count: Int, desk: String, question: String = "How long does delivery take, and what does it cost?"
    )
        -> [[UInt8]]
    {
        (0..<count).map { mail($0, desk: desk, question: question) }
    }

    static func mail(_ number: Int, desk: String, question: String) -> [UInt8] {
        var text = """
            Authentication-Results: mx.demo.example; spf=pass smtp.mailfrom=customer\(number)@people.example
            From: Customer \(number) <customer\(number)@people.example>
            To: \(desk)
            Subject: Question \(number)
            Date: Mon, 23 Nov 2026 09:00:00 +0100
            Message-ID: <bench-\(number)@people.example>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8

            Hello,

            \(question)

            Kind regards
            Customer \(number)

            -- 

            """.replacing("\n", with: "\r\n")
        let line = String(repeating: "x", count: 70) + "\r\n"
        while text.utf8.count + line.utf8.count <= size { text += line }
        return Array(text.utf8)
    }
}
