// What agents read of tickets and of answers that were not sent, as views for `mail/notice`, `notices` and `refused`.

import Correspondence

enum NoticeDress {
    /// Lines of the question and of the draft that a notice holds.
    static let lineLimit = 80

    static func view(_ notice: TicketNotice, words: Words) -> [String: Any] {
        var draft: [String: Any]?
        if let found = notice.draft, !found.reply.isEmpty {
            var view = TicketView.draft(found)
            view["lines"] = lines(found.reply)
            draft = view
        }
        return [
            "number": "\(notice.number)", "subject": oneLine(TicketView.subject(notice.subject)),
            "customer": oneLine(TicketView.party(notice.customer)), "languageName": Wordings.language(notice.language),
            "reasons": notice.reasons.map { ["text": oneLine($0)] }, "question": lines(notice.question),
            "draft": Absent.or(draft), "link": Absent.orText(notice.link), "mark": AnswerMark.text,
            "answerAbove": Absent.orText(notice.isAnsweredByMail ? words.text(.answerAbove) : nil),
        ]
    }

    /// For `mail/notices`: a paragraph a ticket.
    static func view(_ notices: [TicketNotice], more: Int, words: Words) -> [String: Any] {
        [
            "heading": heading(notices, more: more, words: words),
            "tickets": notices.map { notice -> [String: Any] in
                [
                    "number": "\(notice.number)", "subject": oneLine(TicketView.subject(notice.subject)),
                    "customer": oneLine(TicketView.party(notice.customer)),
                    "reason": oneLine(notice.reasons.first ?? ""),
                    "link": Absent.orText(notice.link), "answerHere": words.text(.answerHere),
                    "address": Absent.orText(notice.answerAddress?.text), "answerByMail": words.text(.answerByMail),
                ]
            },
            "more": Absent.orText(more > 0 ? words.text(.ticketsMore, ["count": "\(more)"]) : nil),
        ]
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    static func heading(_ notices: [TicketNotice], more: Int, words: Words) -> String {
        words.text(.ticketsWait, ["count": "\(notices.count + more)"])
    }

    /// For `mail/refused`.
    static func view(_ refused: RefusedAnswer, words: Words) -> [String: Any] {
        [
            "heading": heading(refused, words: words), "explanation": words.text(.notSentReason),
            "reason": refused.reason, "link": Absent.orText(refused.link), "answerHere": words.text(.answerHere),
        ]
    }

    static func heading(_ refused: RefusedAnswer, words: Words) -> String {
        guard let number = refused.number else { return words.text(.notSentUnknown) }
        return words.text(.notSent, ["number": "\(number)"])
    }

    private static func lines(_ text: String) -> [[String: Any]] {
        let lines = text.trimmed.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.prefix(lineLimit).map { ["text": Absent.orText(String($0))] }
            + (lines.count > lineLimit ? [["text": "[…]"]] : [])
    }
}
