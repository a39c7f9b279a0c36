// Names of mailboxes as they go into a command: modified UTF-7, quoted (RFC 3501 section 5.1.3).

import Foundation

enum MailboxName {
    /// nil for a name that is empty or holds a control character.
    static func quoted(_ name: String) -> String? {
        guard !name.isEmpty, name.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else { return nil }
        let wire = name.uppercased() == "INBOX" ? "INBOX" : modifiedUTF7(name)
        let escaped = wire.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    static func modifiedUTF7(_ name: String) -> String {
        var result = ""
        var foreign: [UInt16] = []
        func flush() {
            guard !foreign.isEmpty else { return }
            let bytes = foreign.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            let base64 = Data(bytes).base64EncodedString().replacingOccurrences(of: "/", with: ",")
            result += "&" + base64.prefix { $0 != "=" } + "-"
            foreign = []
        }
        for unit in name.utf16 {
            if (0x20...0x7E).contains(unit) {
                flush()
                result += unit == 0x26 ? "&-" : String(UnicodeScalar(UInt8(unit)))
            } else {
                foreign.append(unit)
            }
        }
        flush()
        return result
    }
}
