// Where bearer tokens for mail servers come from (XOAUTH2, and OAUTHBEARER of RFC 7628).

/// A token for the next connection. `refused` is one that the server has just not taken: another is wanted, whatever
/// its lifetime. Throws where no token is to be had; a `Failure` says whether asking again later may help.
package typealias BearerTokens = @Sendable (_ refused: Secret?) async throws -> Secret
