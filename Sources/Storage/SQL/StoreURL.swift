// Where a store lies: the `store:` setting.

package import Correspondence

/// `sqlite:PATH` (the path as it stands, relative to the working directory) or a libpq URL, `postgresql://…`.
package enum StoreURL: Sendable, Equatable {
    case sqlite(path: String)
    case postgresql(url: String)

    /// Throws `invalid`, naming what is accepted.
    package init(_ text: String) throws(StoreError) {
        if text.hasPrefix("sqlite:"), text.utf8.count > "sqlite:".utf8.count {
            self = .sqlite(path: String(text.dropFirst("sqlite:".count)))
        } else if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
            self = .postgresql(url: text)
        } else {
            // Not the text itself: a mistyped URL may hold a password.
            throw StoreError(
                .invalid, detail: "store: must be sqlite:PATH or postgresql://USER@HOST/DATABASE")
        }
    }
}
