// Connecting to a submission server and signing in, by password or by a token.

import Correspondence

struct SubmissionSignIn: Sendable {
    /// Its login is replaced where there are tokens.
    let target: StreamTarget
    let username: String
    let tokens: BearerTokens?
    let connector: StreamConnector

    /// `done` is called on any thread.
    func connect(_ done: @escaping @Sendable (Result<EstablishedStream, StreamError>) -> Void) {
        guard let tokens else {
            let target = target
            return connector.connect(target) { done($0.flatMap { Self.check($0, target) }) }
        }
        Task {
            do throws(StreamError) {
                let line = try await TokenSignIn.open(tokens, at: target.address.place) { token throws(StreamError) in
                    try await connect(by: token).get()
                }
                done(.success(line))
            } catch {
                done(.failure(error))
            }
        }
    }

    private func connect(by token: Secret) async -> Result<EstablishedStream, StreamError> {
        var target = target
        target.login = .bearer(username: username, token)
        let complete = target
        return await withCheckedContinuation { waiter in
            connector.connect(complete) { waiter.resume(returning: $0.flatMap { Self.check($0, complete) }) }
        }
    }

    /// libcurl goes on without a word where the server offers no AUTH: only a 235 shows that it signed in.
    private static func check(_ stream: EstablishedStream, _ target: StreamTarget) -> Result<
        EstablishedStream, StreamError
    > {
        if case .none = target.login { return .success(stream) }
        if stream.dialogue.contains(where: { $0.hasPrefix("235") }) { return .success(stream) }
        return .failure(
            StreamError(
                .login,
                detail: "\(target.address.place) offers no way to sign in (AUTH), so nothing was sent: use its "
                    + "submission port, or remove the username if none is needed"))
    }
}
