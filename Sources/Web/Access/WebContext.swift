// What travels with a request: its connection and who calls.

package import Hummingbird
import NIOCore

package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    let channel: any Channel
    var caller = Caller.nobody
    /// The client's address, behind trusted proxies; `unknown` where there is none.
    var client = "unknown"
    /// Called by a program of this very machine, as far as can be seen.
    var isNear = false

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        if case .unixDomainSocket = source.channel.localAddress { caller = .local }
    }
}
