// The commands' door: what a command asks while the gateway holds the store, over the unix socket alone.

import HTTPTypes
import Hummingbird

/// `POST /api/commands`. Body and answer are the program's own JSON; whoever may open the socket is admin. To callers
/// over the network there is no such route.
struct CommandDoor: Sendable {
    /// An import hands over whole mails, in base 64.
    static let bodyLimit = 256_000_000

    let perform: @Sendable ([UInt8]) async -> [UInt8]

    func add(to router: NotedRouter) {
        router.post("api/commands") { request, context in
            guard case .local = context.caller else { throw Problem.notFound("route") }
            let answer = await perform(try await request.bytes(upTo: Self.bodyLimit, context: context))
            return Response.text(String(decoding: answer, as: UTF8.self), type: "application/json")
        }
    }
}
