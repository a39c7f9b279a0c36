// The sample world of the demo: which mails are sent, by whom, in which order, and what should become of them.

import Correspondence
import Foundation

/// One line of `examples/mail/rehearsal.json`.
struct DemoMail: Decodable, Sendable {
    struct Expectation: Decodable, Sendable {
        var kind: String?
        var language: String?
        var outcome: String
        var article: String?
        var note: String
    }
    var file: String
    /// Envelope sender; empty is the null sender.
    var from: String
    var to: String
    /// Signs in, so that the server vouches for the envelope sender.
    var login: Bool
    /// Sent only when the reply to this file's mail has come.
    var after: String?
    var burst: String?
    var expect: Expectation
}

struct DemoPlan: Sendable {
    var mails: [DemoMail]
    var bytes: [String: [UInt8]]

    /// Reads `folder/mail`. Throws with the file's name when something is missing.
    init(folder: String) throws {
        let mailFolder = "\(folder)/mail"
        let path = "\(mailFolder)/rehearsal.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DemoFailure("\(path) is not there: give the folder of the examples with --examples")
        }
        do {
            mails = try JSONDecoder().decode([DemoMail].self, from: data)
        } catch {
            throw DemoFailure("\(path) cannot be read: \(error)")
        }
        bytes = [:]
        for mail in mails {
            guard let content = FileManager.default.contents(atPath: "\(mailFolder)/\(mail.file)") else {
                throw DemoFailure("\(mailFolder)/\(mail.file) is named in rehearsal.json and is not there")
            }
            bytes[mail.file] = Array(content)
        }
    }

    /// Everybody who signs in, and everybody who may be answered.
    var senders: [EmailAddress] {
        var seen: Set<String> = []
        return mails.compactMap { EmailAddress($0.from) }.filter {
            $0.key.hasSuffix(".example") && $0.detail == nil && seen.insert($0.key).inserted
        }
    }

    /// The Message-ID as it stands in the file, nil where there is none.
    func messageID(of file: String) -> MessageID? {
        guard let bytes = bytes[file] else { return nil }
        let head = String(decoding: bytes.prefix(16_000), as: UTF8.self).replacing("\r\n", with: "\n")
        let block = head.range(of: "\n\n").map { head[..<$0.lowerBound] } ?? head[...]
        let unfolded = block.replacing("\n ", with: " ").replacing("\n\t", with: " ")
        for line in unfolded.split(separator: "\n") where line.lowercased().hasPrefix("message-id:") {
            return MessageID(line.dropFirst("message-id:".count).trimmingCharacters(in: .whitespaces))
        }
        return nil
    }
}

struct DemoFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
