// What is wrong with the settings: where it stands, what was found, what is expected.

/// One finding. `line` and `column` count from 1; 0 where the file as a whole is meant.
struct SettingsProblem: Error, Equatable, Sendable, CustomStringConvertible {
    var file: String
    var line: Int
    var column: Int
    /// The key with its place in lists: `mailboxes[1].poll`. Empty for the file as a whole.
    var key: String
    var message: String

    var description: String {
        var place = file
        if line > 0 { place += ":\(line):\(column)" }
        return key.isEmpty ? "\(place): \(message)" : "\(place): \(key): \(message)"
    }
}

/// Everything that was found, in the order of the file: all at once, so that one run mends all.
struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    var problems: [SettingsProblem]

    var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// A text that is not what its key takes; says what is.
struct Expected: Error, Equatable, Sendable {
    var text: String

    init(_ text: String) { self.text = text }
}
