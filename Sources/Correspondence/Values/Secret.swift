// A password, key or token that never shows itself in a description.

package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value itself. Reading it is a decision; nothing else gives it away.
    package let revealed: String

    package init(_ value: String) {
        revealed = value
    }

    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
