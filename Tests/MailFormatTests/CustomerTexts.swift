// Texts/customers.txt as sentences, as mails of three, and as mails with an English signature.

import Foundation

struct CustomerTexts {
    enum Form: String, CaseIterable {
        case sentence, three, noisy
    }

    struct Text {
        var language: String
        var form: Form
        var text: String

        /// As a mail program sends it.
        var mail: [UInt8] {
            Array(
                ("""
                From: Carla <carla@customer.example>\r
                To: support@acme.example\r
                Subject: 4711\r
                Message-ID: <\(language)-\(form.rawValue)@customer.example>\r
                Date: Mon, 23 Nov 2026 09:00:00 +0000\r
                MIME-Version: 1.0\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: 8bit\r
                \r

                """ + text.replacing("\n", with: "\r\n") + "\r\n").utf8)
        }
    }

    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    /// What English mail programs and companies leave under a mail: no "-- " before it, so that nothing cuts it off. The
    /// last three share no word with what the program looks for.
    static let signatures = [
        "Sent from my iPhone",
        "Best regards,\nAnna Novak\nSenior Project Manager, Northwind Trading Ltd.\nPhone +44 20 7946 0018",
        "This email and any files transmitted with it are confidential and intended solely for the use of the "
            + "individual to whom they are addressed. If you have received this email in error please notify the sender.",
        "Cheers,\nTom Baker\nAccount Executive EMEA | Northwind Group\nMobile: 0044 7700 900123 | 14 Harbour Street, Bristol",
        "Follow us on social media and visit our new showroom in the city centre, open every day from nine to five.",
        "Anna Novak\nHead of Purchasing\nNorthwind Trading - we make your business move\nPlease note my new phone number",
    ]

    static func all() throws -> [Text] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Texts/customers.txt")
        var texts: [Text] = []
        var count = 0
        for part in try String(contentsOf: file, encoding: .utf8).split(separator: "== ").dropFirst() {
            let lines = part.split(separator: "\n")
            guard let language = lines.first.map(String.init) else { continue }
            for mail in lines.dropFirst().split(separator: "--") {
                let mail = mail.map(String.init)
                guard mail.count == 4 else { throw Malformed(description: "\(language): four lines a mail") }
                // Each language meets three of them, not always the same.
                let signature = signatures[(count + count / 3) % signatures.count]
                count += 1
                texts.append(Text(language: language, form: .sentence, text: mail[1]))
                texts.append(Text(language: language, form: .three, text: mail[1...].joined(separator: "\n")))
                texts.append(
                    Text(language: language, form: .noisy, text: "\(mail[0])\n\n\(mail[1])\n\n\(signature)"))
            }
        }
        return texts
    }
}
