// Which mails are asked for together, and what became of them: sizes first, then bodies in windows.

import Correspondence
import Foundation

/// One mail that lies above the cursor, as the listing told it.
struct FetchEntry: Equatable {
    enum Wanted { case body, header, nothing }
    var uid: UInt32
    var size: Int
    var receivedAt: Instant?
    var wanted = Wanted.body
}

/// Mails of one batch: asked for by one or two commands, handed over together, in UID order.
struct FetchWindow {
    let id: Int
    let entries: [FetchEntry]
    /// What it may weigh while it is under way.
    let bytes: Int
    var answersAwaited = 0
    private(set) var answers: [UInt32: FetchItems] = [:]
    /// What the answers weigh so far.
    private(set) var bytesKept = 0
    /// Mails that the server does not give out, with its words.
    private var withheld: [UInt32: String] = [:]
    private let uids: Set<UInt32>

    init(id: Int, _ entries: [FetchEntry]) {
        self.id = id
        self.entries = entries
        bytes = entries.reduce(0) { sum, entry in
            switch entry.wanted {
            case .body: sum + entry.size
            case .header: sum + MailboxLimits.headerSize
            case .nothing: sum
            }
        }
        uids = Set(entries.lazy.filter { $0.wanted != .nothing }.map(\.uid))
    }

    func uids(_ wanted: FetchEntry.Wanted) -> [UInt32] { entries.filter { $0.wanted == wanted }.map(\.uid) }

    /// False when the answer belongs to another window. A mail may be answered in several parts.
    mutating func take(_ items: FetchItems, uid: UInt32) -> Bool {
        guard uids.contains(uid) else { return false }
        var known = answers[uid] ?? FetchItems()
        bytesKept -= known.weight
        known.body = items.body ?? known.body
        known.header = items.header ?? known.header
        known.receivedAt = items.receivedAt ?? known.receivedAt
        known.size = items.size ?? known.size
        answers[uid] = known
        bytesKept += known.weight
        return true
    }

    mutating func withhold(_ uid: UInt32, words: String) { withheld[uid] = words }

    /// The mails to hand over. One that was not answered has been expunged in the meantime.
    func mails(sizeLimit: Int, now: Instant) -> [FetchedMail] {
        entries.compactMap { entry in
            if let words = withheld[entry.uid] {
                return FetchedMail(uid: entry.uid, receivedAt: entry.receivedAt ?? now, bytes: [], withheld: words)
            }
            guard let answer = answers[entry.uid] else { return nil }
            let receivedAt = answer.receivedAt ?? entry.receivedAt ?? now
            // Our question was answered, and without content: handed over so that it is seen, not lost.
            let empty =
                answer.size == nil
                ? nil
                : FetchedMail(
                    uid: entry.uid, receivedAt: receivedAt, bytes: [], withheld: "it was answered without content")
            switch entry.wanted {
            case .nothing: return nil
            case .header:
                guard let header = answer.header else { return empty }
                return FetchedMail(uid: entry.uid, receivedAt: receivedAt, bytes: header, tooLarge: entry.size)
            case .body:
                guard let body = answer.body else { return empty }
                guard body.count > sizeLimit else {
                    return FetchedMail(uid: entry.uid, receivedAt: receivedAt, bytes: body)
                }
                // The announced size was a lie; one octet more than the limit was asked for, to see it.
                return FetchedMail(
                    uid: entry.uid, receivedAt: receivedAt, bytes: Self.header(of: body),
                    tooLarge: max(entry.size, body.count))
            }
        }
    }

    private static func header(of body: [UInt8]) -> [UInt8] {
        let start = body.prefix(MailboxLimits.headerSize)
        for index in start.indices.dropFirst(3)
        where start[index] == 10 && (start[index - 1] == 10 || (start[index - 1] == 13 && start[index - 2] == 10)) {
            return Array(start[...index])
        }
        return Array(start)
    }
}

/// What is still to be asked for.
struct FetchPlan {
    private let entries: [FetchEntry]
    private var next = 0

    /// `since`: older mails below `firstUIDNext` are passed over.
    init(
        _ listed: [FetchEntry] = [], above lastUID: UInt32 = 0, sizeLimit: Int = 0, since: Instant? = nil,
        firstUIDNext: UInt32? = nil
    ) {
        var entries: [FetchEntry] = []
        for var entry in listed.sorted(by: { $0.uid < $1.uid })
        where entry.uid > lastUID && entry.uid != entries.last?.uid {
            if entry.size > sizeLimit { entry.wanted = .header }
            if let since, let firstUIDNext, entry.uid < firstUIDNext, let receivedAt = entry.receivedAt,
                receivedAt < since
            {
                entry.wanted = .nothing
            }
            entries.append(entry)
        }
        self.entries = entries
    }

    var isDone: Bool { next == entries.count }

    /// At least one mail; more while they stay within the limits of a batch.
    mutating func nextWindow(mails limit: Int, id: Int) -> FetchWindow? {
        guard !isDone else { return nil }
        var mails = 0
        var bytes = 0
        let start = next
        while next < entries.count {
            let entry = entries[next]
            if entry.wanted != .nothing {
                let weight = entry.wanted == .header ? MailboxLimits.headerSize : entry.size
                if mails == limit || (mails > 0 && bytes + weight > MailboxLimits.batchBytes) { break }
                mails += 1
                bytes += weight
            }
            next += 1
        }
        return FetchWindow(id: id, Array(entries[start..<next]))
    }
}
