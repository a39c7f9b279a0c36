// One session with a selected mailbox as a value: responses in, actions out. It neither waits nor reads a clock.

import Correspondence
import Foundation

/// States, in the order of a session's life:
///
///     opening    CAPABILITY and SELECT are under way
///     fetching   a listing, windows of bodies, or the flags of kept mails are under way
///     idling     IDLE was asked for, holds, or is being ended by DONE
///     resting    nothing is under way (the server lacks IDLE): the poll's clock runs
///
/// Promises:
///
/// - Mails are handed over in UID order, each once a session, only above the cursor; the cursor goes along.
/// - The cursor is handed over before the first mail, so that UIDNEXT of the first sight survives a crash.
/// - Sequence numbers are never used, so an EXPUNGE at any moment changes nothing but a count.
/// - A mail that is new is found by what the server announces, and by listing `last+1:*` every `poll` where it does
///   not announce it. The answer to that always holds the last mail, old or not: UIDs up to the cursor are let be.
/// - Flags and moves begin after `kept`.
struct MailboxSession {
    enum Action {
        case send(String)
        /// `kept` is to follow when it has returned.
        case take([FetchedMail], MailboxCursor)
        case report(MailboxEvent)
    }

    enum Wait: Equatable {
        /// The server owes an answer.
        case answer
        /// Nothing is owed; `clockTicked` is to follow after this time.
        case time(Duration)
    }

    private enum Command {
        case capability, select, lastUID, list, quick, noop, idle
        case window(Int)
        case tidy(Tidying.Step)
    }

    private enum Idling { case no, requested, on, ending }

    private let account: MailboxAccount
    private let mailbox: String
    private let place: String
    private let idleRenewal: Duration
    private let tagPrefix: String
    private let isCautious: Bool
    private var commands: [(tag: String, command: Command)] = []
    private var commandCount = 0
    private var capabilities: Set<String> = []
    private var uidValidity: UInt32?
    private var uidNext: UInt32?
    private var exists = 0
    /// Of `exists`, those that have been listed.
    private var known = 0
    private var isSelected = false
    private var isReadOnly = false
    private var stored: MailboxCursor?
    /// What has been handed over, kept or not.
    private var handedOver = MailboxCursor(uidValidity: 0, lastUID: 0, firstUIDNext: nil)
    private var listed: [FetchEntry] = []
    private var quick: [FetchItems] = []
    private var quickKept = 0
    private var plan = FetchPlan()
    private var windows: [FetchWindow] = []
    private var takesUnderWay = 0
    private var tidying: Tidying
    private var idling = Idling.no
    private var canIdle = false
    private var isPollDue = false
    private var hasCaughtUp = false
    private var untaggedCount = 0

    /// A mail made the server refuse a window: the next session had better ask one by one.
    private(set) var wantsCaution = false

    /// `mailbox` is quoted already. `tagPrefix` cannot be guessed by whoever writes a mail. `isCautious`: windows of
    /// one mail, and a mail that the server refuses even so is handed over as withheld.
    init(
        _ account: MailboxAccount, mailbox: String, place: String, cursor: MailboxCursor?, tagPrefix: String,
        idleRenewal: Duration, isCautious: Bool = false
    ) {
        self.account = account
        self.mailbox = mailbox
        self.place = place
        self.tagPrefix = tagPrefix
        self.idleRenewal = idleRenewal
        self.isCautious = isCautious
        stored = cursor
        tidying = Tidying(account.after, capabilities: [], isReadOnly: false)
    }

    // MARK: Events

    mutating func begin() -> [Action] {
        [command("CAPABILITY", .capability), command("SELECT \(mailbox)", .select)]
    }

    mutating func hear(_ response: Response, now: Instant) throws(MailboxError) -> [Action] {
        if case .tagged(let tag, let condition, let text) = response {
            untaggedCount = 0
            guard let index = commands.firstIndex(where: { $0.tag == tag }) else {
                throw violation("a tag that was never used")
            }
            let command = commands.remove(at: index).command
            return try end(command, condition, text, now: now) + advance(now: now)
        }
        untaggedCount += 1
        guard untaggedCount <= MailboxLimits.untaggedReplies else {
            throw violation("more than \(MailboxLimits.untaggedReplies) responses to one command")
        }
        switch response {
        case .untagged(let condition, let text): try hearStatus(condition, text)
        case .capability(let names): capabilities = names
        case .exists(let count): exists = count
        case .expunge:
            exists = max(0, exists - 1)
            known = max(0, known - 1)
        case .fetch(let items): try hear(items)
        case .continuation: if idling == .requested { idling = .on }
        case .tagged, .other: break
        }
        return advance(now: now)
    }

    /// `take` has returned: bytes and cursor are durable.
    mutating func kept(_ mails: [FetchedMail], now: Instant) -> [Action] {
        takesUnderWay -= 1
        // What was not taken in whole stays as it is, so that whoever looks for it finds it.
        let (step, event) = tidying.begin(mails.filter(\.isWhole).map(\.uid))
        return tidy(step, event) + advance(now: now)
    }

    /// The time that `wait` gave has passed.
    mutating func clockTicked(now: Instant) -> [Action] {
        isPollDue = true
        return advance(now: now)
    }

    var wait: Wait {
        if idling == .on { return .time(min(account.poll, idleRenewal)) }
        return commands.isEmpty ? .time(account.poll) : .answer
    }

    // MARK: Untagged

    private mutating func hearStatus(_ condition: Condition, _ text: StatusText) throws(MailboxError) {
        if condition == .bye { throw MailboxError(.cutOff, detail: "\(place) ended the session: \(text.words)") }
        switch text.code {
        case "UIDVALIDITY":
            let value = UInt32(text.arguments)
            if isSelected, value != uidValidity {
                throw MailboxError(.cutOff, detail: "\(place): UIDVALIDITY changed within a session; connect again")
            }
            uidValidity = value
        case "UIDNEXT": uidNext = UInt32(text.arguments) ?? uidNext
        case "CAPABILITY": capabilities = ResponseParser.capabilities(in: text.arguments)
        default: break
        }
    }

    private mutating func hear(_ items: FetchItems) throws(MailboxError) {
        guard let uid = items.uid else {
            if items.body != nil { throw violation("a mail without its UID") }
            return
        }
        for index in windows.indices where windows[index].take(items, uid: uid) { return try checkWeight() }
        guard uid > handedOver.lastUID else { return }
        if commands.contains(where: { if case .quick = $0.command { true } else { false } }) {
            guard let body = items.body else { return }
            guard body.count <= quickBytes else {
                wantsCaution = true
                throw violation("\(body.count) bytes of a mail where \(quickBytes) were asked for")
            }
            quick.append(items)
            quickKept += body.count
            // Many more mails than were announced: from here on the answer serves as a listing only.
            if quickKept > MailboxLimits.bytesAhead { quick[quick.count - 1].body = nil }
        } else if commands.contains(where: { if case .list = $0.command { true } else { false } }) {
            listed.append(FetchEntry(uid: uid, size: items.size ?? 0, receivedAt: items.receivedAt))
        } else if !isSelected {
            listed.append(FetchEntry(uid: uid, size: 0))
        }
    }

    /// A window weighs what its listing said, nearly. Sizes that lie end the session; the next one asks one by one, and
    /// takes each mail up to the limit that stands in the question.
    private mutating func checkWeight() throws(MailboxError) {
        let kept = windows.reduce(0) { $0 + $1.bytesKept }
        guard kept > MailboxLimits.bytesAhead else { return }
        let slack = MailboxLimits.bytesAhead + (isCautious ? account.sizeLimit + 1 : 0)
        guard kept > windows.reduce(slack, { $0 + $1.bytes }) else { return }
        wantsCaution = true
        throw violation("\(kept) bytes of mails, many more than their sizes say")
    }

    // MARK: Tagged

    private mutating func end(
        _ command: Command, _ condition: Condition, _ text: StatusText, now: Instant
    ) throws(MailboxError) -> [Action] {
        switch command {
        case .capability, .noop: return []
        case .tidy(let step):
            let (next, event) = tidying.next(after: step, condition, text)
            return tidy(next, event)
        case .idle:
            // Ended unasked, or not taken at all: the poll alone from here on, so that nothing spins.
            if condition != .ok || idling != .ending { canIdle = false }
            idling = .no
            return []
        case .select: return try endSelect(condition, text)
        case .lastUID:
            try require(condition, text)
            // Mails are there and none was named: where the mailbox ends is not known, and no cursor is made of that.
            guard let last = listed.map(\.uid).max() ?? (exists > 0 ? nil : 0) else {
                throw MailboxError(.other, detail: "\(place) tells neither UIDNEXT nor the UID of the last mail")
            }
            uidNext = last &+ 1
            listed = []
            return try beginFetching()
        case .list:
            try require(condition, text)
            plan = makePlan(listed)
            listed = []
            return []
        case .quick:
            try require(condition, text)
            return endQuick()
        case .window(let id):
            return try endWindow(id, condition, text)
        }
    }

    private mutating func endSelect(_ condition: Condition, _ text: StatusText) throws(MailboxError) -> [Action] {
        guard condition == .ok else {
            throw text.isForNow
                ? MailboxError(.refused, detail: "\(place) does not open \(mailbox) for now: \(text.words)")
                : MailboxError(
                    .noMailbox,
                    detail: "\(place) has no mailbox \(mailbox) for \(account.username): \(text.words); "
                        + "check the path of the URL")
        }
        guard let uidValidity, uidValidity > 0 else { throw violation("a mailbox without UIDVALIDITY") }
        handedOver.uidValidity = uidValidity
        isReadOnly = text.code == "READ-ONLY"
        let isRev2 = capabilities.contains("IMAP4REV2")
        canIdle = isRev2 || capabilities.contains("IDLE")
        tidying = Tidying(account.after, capabilities: capabilities, isReadOnly: isReadOnly)
        if uidNext == nil, exists > 0 { return [self.command("UID FETCH * (UID)", .lastUID)] }
        return try beginFetching()
    }

    /// Where to begin, and the cursor handed over when it is a new one.
    private mutating func beginFetching() throws(MailboxError) -> [Action] {
        let next = uidNext ?? 1
        let validity = handedOver.uidValidity
        let isNew: Bool
        var actions: [Action] = [.report(.connected)]
        if let stored, stored.uidValidity == validity, stored.lastUID < next || uidNext == nil {
            handedOver = stored
            isNew = false
        } else if stored != nil {
            // The UIDs mean other mails now: also where they fell back under an unchanged UIDVALIDITY, as a mailbox
            // restored from a backup does. All of it is handed over again; who keeps it knows equal mails.
            handedOver = MailboxCursor(uidValidity: validity, lastUID: 0, firstUIDNext: nil)
            isNew = true
        } else {
            let lastUID = account.start == .now ? next &- 1 : 0
            handedOver = MailboxCursor(uidValidity: validity, lastUID: lastUID, firstUIDNext: next)
            isNew = true
            if account.start == .now, exists > 0 { actions.append(.report(.passedOver(mails: exists))) }
        }
        isSelected = true
        let hasMore = UInt64(handedOver.lastUID) + 1 < UInt64(next)
        known = hasMore ? 0 : exists
        isPollDue = hasMore
        if isNew { actions.append(take([], handedOver)) }
        return actions
    }

    private func makePlan(_ listed: [FetchEntry]) -> FetchPlan {
        var since: Instant?
        if case .since(let date) = account.start { since = Instant(date) }
        return FetchPlan(
            listed, above: handedOver.lastUID, sizeLimit: account.sizeLimit, since: since,
            firstUIDNext: handedOver.firstUIDNext)
    }

    /// Short mails are whole; where one is not, the answers serve as the listing and bodies are asked for anew.
    private mutating func endQuick() -> [Action] {
        let entries = quick.map { items in
            FetchEntry(uid: items.uid ?? 0, size: items.size ?? 0, receivedAt: items.receivedAt)
        }
        let isWhole = quick.allSatisfy { $0.body.map { $0.count < quickBytes } ?? false }
        plan = makePlan(entries)
        if isWhole, var window = plan.nextWindow(mails: .max, id: commandCount), plan.isDone,
            window.uids(.header).isEmpty
        {
            for items in quick { _ = window.take(items, uid: items.uid ?? 0) }
            windows.append(window)
        } else {
            plan = makePlan(entries)
        }
        quick = []
        quickKept = 0
        return []
    }

    private mutating func endWindow(
        _ id: Int, _ condition: Condition, _ text: StatusText
    ) throws(MailboxError) -> [Action] {
        guard let index = windows.firstIndex(where: { $0.id == id }) else { return [] }
        if condition != .ok, text.code != "EXPUNGEISSUED" {
            let isPoison = condition == .no && (!text.isForNow || text.code == "SERVERBUG")
            guard isPoison, isCautious, let entry = windows[index].entries.first(where: { $0.wanted != .nothing })
            else {
                wantsCaution = isPoison
                throw MailboxError(.other, detail: "\(place) does not give out a mail: \(text.words)")
            }
            windows[index].withhold(entry.uid, words: text.words)
        }
        windows[index].answersAwaited -= 1
        return []
    }

    private func require(_ condition: Condition, _ text: StatusText) throws(MailboxError) {
        guard condition != .ok else { return }
        throw MailboxError(.other, detail: "\(place) refused to list the mailbox: \(text.words)")
    }

    // MARK: What comes next

    private mutating func advance(now: Instant) -> [Action] {
        guard isSelected else { return [] }
        var actions = askAhead()
        while let window = windows.first, window.answersAwaited == 0 {
            windows.removeFirst()
            if let last = window.entries.last { handedOver.lastUID = max(handedOver.lastUID, last.uid) }
            // Ahead of the take, which may be slow: the server works meanwhile.
            actions += askAhead()
            actions.append(take(window.mails(sizeLimit: account.sizeLimit, now: now), handedOver))
        }
        if idling == .on, exists > known || isPollDue {
            idling = .ending
            actions.append(.send("DONE\r\n"))
        }
        guard plan.isDone, windows.isEmpty, takesUnderWay == 0, commands.isEmpty else { return actions }
        if exists > known || isPollDue { return actions + [listOrFetch()] }
        if !hasCaughtUp {
            hasCaughtUp = true
            actions.append(.report(.caughtUp(idle: canIdle)))
        }
        if canIdle {
            idling = .requested
            actions.append(command("IDLE", .idle))
        }
        return actions
    }

    private mutating func askAhead() -> [Action] {
        var actions: [Action] = []
        while !plan.isDone, windows.isEmpty || windows.reduce(0, { $0 + $1.bytes }) < MailboxLimits.bytesAhead {
            let limit = isCautious ? 1 : MailboxLimits.batchMails
            guard var window = plan.nextWindow(mails: limit, id: commandCount) else { break }
            let bodies = window.uids(.body)
            let headers = window.uids(.header)
            if !bodies.isEmpty {
                let items = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.\(account.sizeLimit + 1)>)"
                actions.append(command("UID FETCH \(UIDSet.text(bodies)) \(items)", .window(window.id)))
                window.answersAwaited += 1
            }
            if !headers.isEmpty {
                let items = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.\(MailboxLimits.headerSize)>)"
                actions.append(command("UID FETCH \(UIDSet.text(headers)) \(items)", .window(window.id)))
                window.answersAwaited += 1
            }
            windows.append(window)
        }
        return actions
    }

    private var quickBytes: Int { min(MailboxLimits.quickBytes, account.sizeLimit + 1) }

    private mutating func listOrFetch() -> Action {
        let isFew = !isPollDue && hasCaughtUp && exists - known <= MailboxLimits.quickMails
        isPollDue = false
        known = exists
        // Some servers refuse `*` in an empty mailbox.
        guard exists > 0 else { return command("NOOP", .noop) }
        let above = "\(min(UInt64(handedOver.lastUID) + 1, UInt64(UInt32.max))):*"
        guard isFew, !isCautious else {
            return command("UID FETCH \(above) (UID INTERNALDATE RFC822.SIZE)", .list)
        }
        return command("UID FETCH \(above) (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.\(quickBytes)>)", .quick)
    }

    private mutating func take(_ mails: [FetchedMail], _ cursor: MailboxCursor) -> Action {
        takesUnderWay += 1
        return .take(mails, cursor)
    }

    private mutating func tidy(_ step: Tidying.Step?, _ event: MailboxEvent?) -> [Action] {
        var actions: [Action] = event.map { [.report($0)] } ?? []
        if let step { actions.append(command(tidying.command(step), .tidy(step))) }
        return actions
    }

    private mutating func command(_ text: String, _ command: Command) -> Action {
        commandCount += 1
        let tag = "\(tagPrefix)\(commandCount)"
        commands.append((tag, command))
        return .send("\(tag) \(text)\r\n")
    }

    private func violation(_ words: String) -> MailboxError {
        MailboxError(.protocolViolation, detail: "\(place) sent \(words)")
    }
}
