// Access tokens for mail servers, made from a refresh token (RFC 6749 section 6).

import Correspondence
import Foundation

/// Keeps a token until a minute before its end, or until the mail server refuses it; asks the vendor for the next one. A
/// vendor that says no does so for good (`login`): asking on would not help.
///
/// Microsoft gives a new refresh token with each answer and lets the old one end after some months: the newest is kept
/// in a file, so that a desk goes on for years. A token in the settings that was changed since goes before the kept one.
actor OAuthTokens {
    private struct Answer: Decodable {
        var accessToken: String?
        var refreshToken: String?
        var lifetime: Int?
        var error: String?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case lifetime = "expires_in"
            case error
        }
    }
    private let settings: Settings.OAuth2
    private let client: any HTTPClient
    private let now: @Sendable () -> Instant
    private let file: KeptToken
    private var kept: (token: Secret, until: Instant)?

    init(
        _ settings: Settings.OAuth2, client: any HTTPClient,
        now: @escaping @Sendable () -> Instant = Surroundings.system.now
    ) {
        self.settings = settings
        self.client = client
        self.now = now
        file = KeptToken(path: settings.keptAt, configured: settings.refreshToken)
    }

    func token(refused: Secret? = nil) async throws -> Secret {
        if let kept, now() < kept.until, kept.token != refused { return kept.token }
        kept = nil
        let newest = file.read()
        do {
            return try await ask(with: newest ?? settings.refreshToken)
        } catch {
            // The one in the settings may still be good.
            guard error.code == .login, newest != nil else { throw error }
            return try await ask(with: settings.refreshToken)
        }
    }

    private func ask(with refreshToken: Secret) async throws(MailboxError) -> Secret {
        let answer: HTTPAnswer
        do {
            answer = try await client.send(
                HTTPCall(
                    method: "POST", url: Self.url(settings),
                    headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
                    body: Array(Self.form(settings, refreshToken).utf8), timeout: .seconds(30), answerLimit: 100_000))
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
        if let next = said?.refreshToken, !next.isEmpty, next != refreshToken.revealed { file.write(Secret(next)) }
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

    static func form(_ settings: Settings.OAuth2, _ refreshToken: Secret) -> String {
        var fields = [
            ("grant_type", "refresh_token"), ("client_id", settings.clientID),
            ("refresh_token", refreshToken.revealed),
        ]
        if !settings.clientSecret.revealed.isEmpty { fields.append(("client_secret", settings.clientSecret.revealed)) }
        if settings.vendor == .microsoft {
            let right = settings.use == .imap ? "IMAP.AccessAsUser.All" : "SMTP.Send"
            fields.append(("scope", "https://outlook.office.com/\(right) offline_access"))
        }
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")"
        }.joined(separator: "&")
    }
}
