// The connections to one submission server and the mails that wait for them, on the reactor's thread.

import Correspondence

/// Mails go in the order they came. Connections are made as mails wait, up to the limit, kept while there is work
/// and a little longer.
///
/// @unchecked Sendable: every member but the lets is used on the reactor's thread only (`StreamReactor.perform`).
final class SubmissionPool: @unchecked Sendable {
    private let signIn: SubmissionSignIn
    private let limit: Int
    private let options: SubmissionOptions
    private let reactor: StreamReactor
    private var waiting: [SubmissionJob] = []
    private var firstWaiting = 0
    private var connections: [ObjectIdentifier: SubmissionConnection] = [:]
    private var free: [SubmissionConnection] = []
    private var connecting = 0
    private var isHandingOut = false
    private var isShutDown = false
    /// Set when the server took some connections and refused one more.
    private var noMoreUntil: ContinuousClock.Instant?

    init(
        _ signIn: SubmissionSignIn, limit: Int, options: SubmissionOptions, reactor: StreamReactor
    ) {
        self.signIn = signIn
        self.limit = max(1, limit)
        self.options = options
        self.reactor = reactor
    }

    func submit(_ job: SubmissionJob) {
        waiting.append(job)
        handOut()
    }

    func putBack(_ job: SubmissionJob) {
        waiting.insert(job, at: firstWaiting)
        handOut()
    }

    func isFree(_ connection: SubmissionConnection) {
        free.append(connection)
        connection.rest()
        handOut()
    }

    func isGone(_ connection: SubmissionConnection) {
        connections[ObjectIdentifier(connection)] = nil
        free.removeAll { $0 === connection }
        handOut()
    }

    /// Nobody sends any more.
    func shutDown() {
        isShutDown = true
        for connection in connections.values { connection.quit() }
        free = []
        connections = [:]
    }

    private func nextWaiting() -> SubmissionJob? {
        guard firstWaiting < waiting.count else { return nil }
        defer {
            firstWaiting += 1
            // Moving the rest down now and then keeps the list short at no cost per mail.
            if firstWaiting > 256, firstWaiting * 2 > waiting.count {
                waiting.removeFirst(firstWaiting)
                firstWaiting = 0
            }
        }
        return waiting[firstWaiting]
    }

    private var waitingCount: Int { waiting.count - firstWaiting }

    private func handOut() {
        // A mail that ends at once frees its connection inside `begin`: the loop below goes on, it does not nest.
        guard !isHandingOut else { return }
        isHandingOut = true
        defer { isHandingOut = false }
        while let connection = free.last, let job = nextWaiting() {
            guard job.mayBegin() else {
                job.waiter.resume(returning: .calledOff)
                continue
            }
            free.removeLast()
            connection.begin(job)
        }
        if let until = noMoreUntil, until > .now, !connections.isEmpty { return }
        while connecting < waitingCount, connections.count + connecting < limit { connect() }
    }

    private func connect() {
        connecting += 1
        let reactor = reactor
        signIn.connect { [self] result in
            reactor.perform { [self] in
                connecting -= 1
                switch result {
                case .success(let stream): adopt(stream)
                case .failure(let error): connectFailed(error)
                }
            }
        }
    }

    private func adopt(_ stream: EstablishedStream) {
        // Connections know the pool without holding it: none may outlive it.
        guard !isShutDown else { return }
        let capabilities = SubmissionDialogue.Capabilities(dialogue: stream.dialogue)
        let connection = SubmissionConnection(capabilities, pool: self, options: options)
        connections[ObjectIdentifier(connection)] = connection
        connection.attach(reactor.adopt(stream, place: signIn.target.address.place, owner: connection))
        isFree(connection)
    }

    private func connectFailed(_ error: StreamError) {
        if !connections.isEmpty {
            noMoreUntil = .now + options.pauseAfterRefusedConnection
            return
        }
        guard connecting == 0 else { return }
        let outcome = SendOutcome.notSent(isTemporary: error.isTemporary, reason: error.detail)
        while let job = nextWaiting() { job.waiter.resume(returning: outcome) }
    }
}
