// Access tokens that are asked for, kept and renewed.

import Correspondence
import Foundation
import TestSupport
import Testing

@testable import deskbridge

@Suite struct OAuthTokensTests {
    /// Answers every call alike and keeps what was sent.
    private actor Vendor: HTTPClient {
        private(set) var calls: [HTTPCall] = []
        let status: Int
        let body: String

        init(status: Int, body: String) { (self.status, self.body) = (status, body) }

        func send(_ call: HTTPCall) async throws(HTTPClientError) -> HTTPAnswer {
            calls.append(call)
            return HTTPAnswer(status: status, headers: [], body: Array(body.utf8))
        }
    }

    private let account: Settings.OAuth2

    init() throws {
        account = Settings.OAuth2(
            use: .imap, vendor: .microsoft, clientID: "id", clientSecret: Secret(""), refreshToken: Secret("a&b"),
            tokenURL: "", tenant: "acme", keptAt: try TestFolder.make("oauth2") + "/var/imap.json")
    }

    private func asked(_ vendor: Vendor) async -> [String] {
        await vendor.calls.map { call in
            let form = String(decoding: call.body, as: UTF8.self)
            return form.split(separator: "&").first { $0.hasPrefix("refresh_token=") }.map { String($0.dropFirst(14)) }
                ?? ""
        }
    }

    @Test func `A new refresh token is used from then on, also by the next start, until the settings name another`()
        async throws
    {
        let vendor = Vendor(status: 200, body: #"{"access_token":"t","expires_in":3600,"refresh_token":"second"}"#)
        let tokens = OAuthTokens(account, client: vendor)
        let token = try await tokens.token()
        #expect(try await tokens.token(refused: token) == token)
        #expect(try await OAuthTokens(account, client: vendor).token() == token)
        #expect(await asked(vendor) == ["a%26b", "second", "second"])
        let mode = try FileManager.default.attributesOfItem(atPath: account.keptAt)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        var changed = account
        changed.refreshToken = Secret("third")
        _ = try await OAuthTokens(changed, client: vendor).token()
        #expect(await asked(vendor).last == "third")
    }

    @Test func `A kept token that the vendor does not take any more gives way to the one in the settings`() async throws
    {
        KeptToken(path: account.keptAt, configured: account.refreshToken).write(Secret("ended"))
        let vendor = Vendor(status: 400, body: #"{"error":"invalid_grant"}"#)
        await #expect(throws: MailboxError.self) { try await OAuthTokens(account, client: vendor).token() }
        #expect(await asked(vendor) == ["ended", "a%26b"])
    }

    @Test func `Tokens for sending are asked for by their own right`() async throws {
        var sending = account
        sending.use = .smtp
        let vendor = Vendor(status: 200, body: #"{"access_token":"t"}"#)
        _ = try await OAuthTokens(sending, client: vendor).token()
        let form = String(decoding: try #require(await vendor.calls.first).body, as: UTF8.self)
        #expect(form.contains("SMTP.Send") && !form.contains("IMAP"))
    }

    @Test func `A token is asked for once and kept until it ends`() async throws {
        let vendor = Vendor(status: 200, body: #"{"access_token":"t","expires_in":3600}"#)
        let tokens = OAuthTokens(account, client: vendor)
        #expect(try await tokens.token().revealed == "t")
        #expect(try await tokens.token().revealed == "t")
        let calls = await vendor.calls
        #expect(calls.map(\.url) == ["https://login.microsoftonline.com/acme/oauth2/v2.0/token"])
        let form = String(decoding: try #require(calls.first).body, as: UTF8.self)
        #expect(form.contains("refresh_token=a%26b") && !form.contains("client_secret"))
    }

    @Test(
        "A refusal is for good, a fault of the vendor's may pass", arguments: [(400, false), (401, false), (503, true)])
    func refused(_ status: Int, _ isTemporary: Bool) async throws {
        let tokens = OAuthTokens(account, client: Vendor(status: status, body: #"{"error":"invalid_grant"}"#))
        let error = await #expect(throws: MailboxError.self) { try await tokens.token() }
        #expect(error?.isTemporary == isTemporary)
        #expect(error?.detail.contains("a&b") == false)
    }
}
