// Access tokens for mailboxes that sign in by OAuth 2: a refresh token is traded for one that lasts an hour.

import Correspondence
import Foundation

/// RFC 6749 section 6. A token is kept until shortly before its end; one that a provider refuses is reported with the
/// provider's own error code, because a client secret that ran out stops all mail.
actor BearerTokens {
    /// A token is traded again this long before it ends.
    static let margin = Duration.minutes(5)
    static let answerLimit = 100_000

    private let settings: Settings.OAuth2
    private let client: any HTTPClient
    private let surroundings: Surroundings
    private var current: (token: Secret, until: Instant)?

    init(_ settings: Settings.OAuth2, client: any HTTPClient, surroundings: Surroundings) {
        self.settings = settings
        self.client = client
        self.surroundings = surroundings
    }

    func token() async throws -> Secret {
        if let current, current.until > surroundings.now() { return current.token }
        let answer = try await client.send(
            HTTPCall(
                method: "POST", url: url,
                headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
                body: Array(form.utf8), timeout: .seconds(30), answerLimit: Self.answerLimit))
        guard answer.status == 200, let granted = try? JSONDecoder().decode(Granted.self, from: Data(answer.body))
        else {
            let code = (try? JSONDecoder().decode(Refused.self, from: Data(answer.body)))?.error ?? "no reason given"
            throw Complaint(
                .unavailable,
                "oauth2: \(settings.vendor.rawValue) gave no access token (\(answer.status), \(code)); "
                    + "check client-id, client-secret and refresh-token")
        }
        let token = Secret(granted.access_token)
        current = (token, surroundings.now() + .seconds(granted.expires_in ?? 3600) - Self.margin)
        return token
    }

    private var url: String {
        if !settings.tokenURL.isEmpty { return settings.tokenURL }
        switch settings.vendor {
        case .google: return "https://oauth2.googleapis.com/token"
        case .microsoft:
            let tenant = settings.tenant.isEmpty ? "common" : settings.tenant
            return "https://login.microsoftonline.com/\(tenant)/oauth2/v2.0/token"
        case .other: return settings.tokenURL
        }
    }

    private var form: String {
        [
            ("grant_type", "refresh_token"), ("client_id", settings.clientID),
            ("client_secret", settings.clientSecret.revealed), ("refresh_token", settings.refreshToken.revealed),
        ]
        .filter { !$0.1.isEmpty }
        .map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    private struct Granted: Decodable {
        var access_token: String
        var expires_in: Int?
    }

    private struct Refused: Decodable {
        var error: String
    }
}
