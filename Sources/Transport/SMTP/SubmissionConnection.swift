// One SMTP connection on the reactor's thread: carries the dialogue's steps out and keeps its deadlines.

import Correspondence

/// A mail that waits for its outcome.
final class SubmissionJob: Sendable {
    let letter: SubmissionLetter
    let waiter: CheckedContinuation<SendOutcome, Never>
    let mayBegin: @Sendable () -> Bool
    /// A line that had gone stale has cost this mail an attempt already.
    let isSecondTry: Bool

    init(
        _ letter: SubmissionLetter, _ waiter: CheckedContinuation<SendOutcome, Never>,
        mayBegin: @escaping @Sendable () -> Bool, isSecondTry: Bool = false
    ) {
        self.letter = letter
        self.waiter = waiter
        self.mayBegin = mayBegin
        self.isSecondTry = isSecondTry
    }
}

/// @unchecked Sendable: made and used on the reactor's thread only.
final class SubmissionConnection: StreamOwner, @unchecked Sendable {
    private let options: SubmissionOptions
    private unowned let pool: SubmissionPool
    private var channel: StreamChannel?
    private var reader = SMTPReplyReader()
    private var dialogue: SubmissionDialogue
    private var job: SubmissionJob?
    private var mailsBegun = 0
    private var sentAtLastLook = 0

    init(_ capabilities: SubmissionDialogue.Capabilities, pool: SubmissionPool, options: SubmissionOptions) {
        dialogue = SubmissionDialogue(capabilities)
        self.pool = pool
        self.options = options
    }

    func attach(_ channel: StreamChannel) { self.channel = channel }

    func begin(_ job: SubmissionJob) {
        self.job = job
        mailsBegun += 1
        carryOut(dialogue.begin(job.letter))
    }

    /// Waits for work; closed politely when none comes.
    func rest() { channel?.setDeadline(.now + options.idleTime) }

    func quit() {
        channel?.write(Array("QUIT\r\n".utf8))
        channel?.close()
        channel = nil
    }

    private func carryOut(_ steps: [SubmissionDialogue.Step]) {
        for step in steps {
            switch step {
            case .send(let bytes):
                channel?.write(bytes)
                channel?.setDeadline(.now + options.replyTimeout)
            case .sendBody(let bytes):
                // The last moment to keep it back: between MAIL and here the process may have stood still for long.
                guard job?.mayBegin() == true else { return callOff() }
                channel?.write(bytes)
                let isOut = channel?.hasUnsent == false
                sentAtLastLook = channel?.sentInAll ?? 0
                channel?.setDeadline(.now + (isOut ? options.finalReplyTimeout : options.blockTimeout))
            case .finished(let outcome): finish(outcome)
            case .ready: pool.isFree(self)
            case .close: close()
            }
        }
    }

    private func callOff() {
        dialogue.end()
        close()
        finish(.calledOff)
    }

    private func finish(_ outcome: SendOutcome) {
        guard let job else { return }
        self.job = nil
        if mailsBegun > 1, !job.isSecondTry, isStale(outcome) {
            pool.putBack(SubmissionJob(job.letter, job.waiter, mayBegin: job.mayBegin, isSecondTry: true))
        } else {
            job.waiter.resume(returning: outcome)
        }
    }

    /// A kept connection that the server had closed, or was about to (`421` to the first command), says nothing about
    /// this mail: no body went out, and a new connection may well do.
    private func isStale(_ outcome: SendOutcome) -> Bool {
        switch outcome {
        case .refused(_, 421, let reply): reply.hasPrefix("MAIL")
        case .interrupted: !wasInBody
        default: false
        }
    }

    private var wasInBody = false

    private func close() {
        channel?.close()
        channel = nil
        pool.isGone(self)
    }

    // MARK: StreamOwner

    func channel(_ channel: StreamChannel, received bytes: UnsafeRawBufferPointer) {
        do throws(SMTPViolation) {
            for reply in try reader.feed(bytes) {
                wasInBody = dialogue.isInBody
                // Each of several replies that are owed has its own time; what follows the reply may set another.
                if !wasInBody { self.channel?.setDeadline(.now + options.replyTimeout) }
                carryOut(dialogue.hear(reply, hasUnsent: channel.hasUnsent))
            }
        } catch {
            lose("\(channel.place) sent \(error.words)")
        }
    }

    func channelSettled(_ channel: StreamChannel) {}

    func channelDeadlinePassed(_ channel: StreamChannel) {
        if dialogue.isIdle, job == nil {
            quit()
            pool.isGone(self)
        } else if dialogue.isInBody, channel.sentInAll > sentAtLastLook {
            // The body went on in the meantime: the clock of its next part, or of the final reply, begins.
            sentAtLastLook = channel.sentInAll
            channel.setDeadline(.now + (channel.hasUnsent ? options.blockTimeout : options.finalReplyTimeout))
        } else {
            lose("\(channel.place) did not answer in time")
        }
    }

    func channel(_ channel: StreamChannel, ended error: StreamError) {
        lose(error.detail)
    }

    private func lose(_ reason: String) {
        wasInBody = dialogue.isInBody
        let outcome = dialogue.lost(reason, hasUnsent: channel?.hasUnsent ?? false)
        close()
        if let outcome { finish(outcome) }
    }
}
