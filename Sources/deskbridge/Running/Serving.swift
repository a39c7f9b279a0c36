// What a running desk consists of: the gateway's services and the web's, in the order they start.

import Correspondence
import Gateway
import ServiceLifecycle

struct Serving: Sendable {
    let services: [any Service]

    init(_ desk: DeskAssembly) throws {
        services = desk.gateway.services
    }

    /// The one-time link that opens the admin's pages, once the port is bound.
    func link() async -> String? { nil }
}
