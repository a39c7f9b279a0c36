// Tells a wrong method from a wrong address: 405 with what the address knows (RFC 9110 section 15.5.6).

import HTTPTypes
import Hummingbird
import Synchronization

/// Every route that was added, by its path and method.
final class RouteTable: Sendable {
    private struct Entry {
        var parts: [Substring]
        var methods: [String]
    }
    private let entries = Mutex<[Entry]>([])

    func note(_ path: String, _ method: HTTPRequest.Method) {
        let parts = path.split(separator: "/")
        entries.withLock { entries in
            if let known = entries.firstIndex(where: { $0.parts == parts }) {
                entries[known].methods.append(method.rawValue)
            } else {
                entries.append(Entry(parts: parts, methods: [method.rawValue]))
            }
        }
    }

    /// The methods of all routes that this path could be of, sorted; empty where there is none.
    func methods(at path: String) -> [String] {
        let parts = path.split(separator: "/")
        let found = entries.withLock { entries in
            entries.filter { entry in
                entry.parts.count == parts.count && zip(entry.parts, parts).allSatisfy { $0.first == "{" || $0 == $1 }
            }
        }
        return Set(found.flatMap(\.methods)).sorted()
    }
}

/// The router, with its routes noted. Whatever is got may be asked for by HEAD (RFC 9110 section 9.3.2), streams of events
/// aside, which have no end; the edge takes the body off.
struct NotedRouter: RouterMethods {
    let router: Router<WebContext>
    let table: RouteTable
    /// How the paths of streams end.
    private static let streams = "/events"

    @discardableResult func on<Responder: HTTPResponder>(
        _ path: RouterPath, method: HTTPRequest.Method, responder: Responder
    ) -> Self where Responder.Context == WebContext {
        table.note(path.description, method)
        router.on(path, method: method, responder: responder)
        if method == .get, !path.description.hasSuffix(Self.streams) { on(path, method: .head, responder: responder) }
        return self
    }

    @discardableResult func add(middleware: any MiddlewareProtocol<Request, Response, WebContext>) -> Self {
        router.add(middleware: middleware)
        return self
    }
}

/// Where nothing answered: is it the address, or only the method?
struct MethodGuard: MiddlewareProtocol {
    let table: RouteTable

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let methods = table.methods(at: request.uri.path)
            guard !methods.isEmpty, !methods.contains(request.method.rawValue) else { throw error }
            throw Problem.method(request.method.rawValue, allowed: methods)
        }
    }
}
