// What stands in a view where there is nothing, so that the name is never looked for further out.

import Mustache

/// A missing name would be looked up in the enclosing values, and a `nil` inside `Any` counts as something.
struct Absent: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }

    static func or(_ value: Any?) -> Any { value ?? Absent() }

    /// Also where the text is empty.
    static func orText(_ text: String?) -> Any {
        guard let text, !text.isEmpty else { return Absent() }
        return text
    }
}
