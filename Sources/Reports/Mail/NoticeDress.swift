// What agents read when a ticket opens, as a view for `mail/notice`.

import Correspondence

enum NoticeDress {
    /// Lines of the question and of the draft that a notice holds.
    static let lineLimit = 80

    static func view(_ notice: TicketNotice) -> [String: Any] {
        var draft: [String: Any]?
        if let found = notice.draft, !found.reply.isEmpty {
            var view = TicketView.draft(found)
            view["lines"] = lines(found.reply)
            draft = view
        }
        return [
            "number": "\(notice.number)", "subject": TicketView.subject(notice.subject),
            "customer": TicketView.party(notice.customer), "languageName": Wordings.language(notice.language),
            "reasons": notice.reasons.map { ["text": $0] }, "question": lines(notice.question),
            "draft": Absent.or(draft), "link": Absent.orText(notice.link),
        ]
    }

    private static func lines(_ text: String) -> [[String: Any]] {
        let lines = text.trimmed.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.prefix(lineLimit).map { ["text": String($0)] } + (lines.count > lineLimit ? [["text": "[…]"]] : [])
    }
}
