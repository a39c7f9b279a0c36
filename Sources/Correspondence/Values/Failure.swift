// The shape of every error that crosses a target: may it be tried again, what may be told, where it was.

/// `code` is what callers and tests compare. `publicText` names no host, address or key; `detail` is for the operator.
package protocol Failure: Error, Sendable, CustomStringConvertible {
    associatedtype Code: Hashable & Sendable & RawRepresentable where Code.RawValue == String
    var code: Code { get }
    /// True when the same call may succeed later without anybody changing anything.
    var isTemporary: Bool { get }
    /// One sentence for anyone.
    var publicText: String { get }
    /// What, where and what to do, for the one who runs the desk. No secret, no customer's text.
    var detail: String { get }
}

extension Failure {
    package var description: String { detail.isEmpty ? "\(publicText) [\(code.rawValue)]" : "\(publicText): \(detail)" }
}
