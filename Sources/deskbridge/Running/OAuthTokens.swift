// Access tokens for a mailbox, made from a refresh token (RFC 6749 section 6).

import Correspondence
import Foundation

/// Keeps a token until a minute before its end; asks the vendor for the next one. A vendor that says no does so for
/// good (`login`): asking on would not help.
actor OAuthTokens {
    private struct Answer: Decodable {
        var accessToken: String?
        var lifetime: Int?
        var error: String?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case lifetime = "expires_in"
            case error
        }
    }
    private let settings: Settings.OAuth2
    private let client: any HTTPClient
    private let now: @Sendable () -> Instant
    private var kept: (token: Secret, until: Instant)?

    init(
        _ settings: Settings.OAuth2, client: any HTTPClient,
        now: @escaping @Sendable () -> Instant = Surroundings.system.now
    ) {
        self.settings = settings
        self.client = client
        self.now = now
    }

    func token() async throws -> Secret {
        if let kept, now() < kept.until { return kept.token }
        let answer: HTTPAnswer
        do {
            answer = try await client.send(
                HTTPCall(
                    method: "POST", url: Self.url(settings),
                    headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
                    body: Array(Self.form(settings).utf8), timeout: .seconds(30), answerLimit: 100_000))
        } catch {
            throw MailboxError(.other, detail: "oauth2: the vendor cannot be asked for a token: \(error.detail)")
        }
        let said = try? JSONDecoder().decode(Answer.self, from: Data(answer.body))
        guard answer.status == 200, let token = said?.accessToken, !token.isEmpty else {
            let isTemporary = answer.status >= 500 || answer.status == 429
            let reason = said?.error.map { " (\($0.prefix(80)))" } ?? ""
            throw MailboxError(
                isTemporary ? .other : .login,
                detail: "oauth2: the vendor gave no token: status \(answer.status)\(reason); check the refresh token")
        }
        let secret = Secret(token)
        kept = (secret, now() + .seconds(max(0, (said?.lifetime ?? 300) - 60)))
        return secret
    }

    static func url(_ settings: Settings.OAuth2) -> String {
        if !settings.tokenURL.isEmpty { return settings.tokenURL }
        return settings.vendor == .microsoft
            ? "https://login.microsoftonline.com/\(settings.tenant)/oauth2/v2.0/token"
            : "https://oauth2.googleapis.com/token"
    }

    static func form(_ settings: Settings.OAuth2) -> String {
        var fields = [
            ("grant_type", "refresh_token"), ("client_id", settings.clientID),
            ("refresh_token", settings.refreshToken.revealed),
        ]
        if !settings.clientSecret.revealed.isEmpty { fields.append(("client_secret", settings.clientSecret.revealed)) }
        if settings.vendor == .microsoft {
            fields.append(("scope", "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"))
        }
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")"
        }.joined(separator: "&")
    }
}
