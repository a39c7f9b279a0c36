// Signing in by bearer tokens: one that the server refuses is asked for anew, once.

package import Correspondence

package enum TokenSignIn {
    /// `connect` signs in with the token it is given. Throws what `connect` throws; where no token is to be had, `login`
    /// if asking for one again would not help, else `other`.
    package static func open<Line: Sendable>(
        _ tokens: BearerTokens, at place: String, _ connect: (Secret) async throws(StreamError) -> Line
    ) async throws(StreamError) -> Line {
        let token = try await token(tokens, refused: nil, place)
        do throws(StreamError) {
            return try await connect(token)
        } catch {
            // Taken back before its end, as after a change of password: the next may do.
            guard error.code == .login else { throw error }
            let next = try await self.token(tokens, refused: token, place)
            guard next != token else { throw error }
            return try await connect(next)
        }
    }

    private static func token(_ tokens: BearerTokens, refused: Secret?, _ place: String) async throws(StreamError)
        -> Secret
    {
        do {
            return try await tokens(refused)
        } catch {
            let failure = error as? any Failure
            throw StreamError(
                failure?.isTemporary == false ? .login : .other,
                detail: "no token for \(place): \(failure?.detail ?? "\(error)")")
        }
    }
}
