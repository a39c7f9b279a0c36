// The gateway's unix socket beside the store: commands ask there while the gateway holds the lock.

import Correspondence
import Foundation
import Transport

struct CommandSocket: Sendable {
    /// A unix socket's address holds 107 bytes of path (sun_path); Web makes it under a longer name first.
    static let pathLimit = 100
    static let route = "http://deskbridge/api/commands"

    let path: String
    private let client: any HTTPClient

    /// nil where there is none: with PostgreSQL commands connect themselves, and a path may be too long.
    init?(_ settings: Settings, client: any HTTPClient = CurlHTTPClient()) {
        guard case .sqlite(let store) = settings.store else { return nil }
        path = store + ".socket"
        guard path.utf8.count <= Self.pathLimit else { return nil }
        self.client = client
    }

    /// What travels back.
    private struct Reply: Codable {
        var answer: DeskAnswer?
        var status: Int32?
        var error: String?
    }

    /// Whether a gateway answers there.
    func isOpen() async -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        let call = HTTPCall(url: "http://deskbridge/healthz", timeout: .seconds(5), unixSocket: path)
        return (try? await client.send(call).status) == 200
    }

    func perform(_ request: DeskRequest) async throws -> DeskAnswer {
        let body = try JSONEncoder().encode(request)
        let answer = try await client.send(
            HTTPCall(
                method: "POST", url: Self.route, headers: [("Content-Type", "application/json")], body: Array(body),
                timeout: .minutes(10), answerLimit: 256_000_000, unixSocket: path))
        guard answer.status == 200, let reply = try? JSONDecoder().decode(Reply.self, from: Data(answer.body)) else {
            throw Complaint(
                .unavailable, "\(path): the gateway there does not understand this command; is it another version?")
        }
        if let error = reply.error {
            throw Complaint(ExitStatus(rawValue: reply.status ?? 0) ?? .software, error)
        }
        return reply.answer ?? DeskAnswer()
    }

    /// The gateway's side: bytes in, bytes out.
    static func answer(_ body: [UInt8], by clerk: Clerk) async -> [UInt8] {
        var reply = Reply()
        do {
            let request = try JSONDecoder().decode(DeskRequest.self, from: Data(body))
            reply.answer = try await clerk.perform(request)
        } catch {
            let complaint = Complaint(about: error) ?? Complaint(.software, "\(error)")
            reply.status = complaint.status.rawValue
            reply.error = complaint.text
        }
        return (try? JSONEncoder().encode(reply)).map { Array($0) } ?? []
    }
}
