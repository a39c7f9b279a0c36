// Files that are no parts of their own: those within texts and those within each winmail.dat, numbered behind the parts.

enum EnclosedFiles {
    /// What `body` makes of a part that is a `winmail.dat`; nil where it is none, or holds neither files nor words.
    static func withTNEF<Result>(
        _ part: Part, of mail: UnsafeRawBufferPointer, _ body: (TNEF) -> Result
    ) -> Result? {
        let isNamed = part.content.value == "application/octet-stream" && part.filename?.lowercased() == "winmail.dat"
        guard TNEF.isType(part.content.value) || isNamed else { return nil }
        let bytes = part.encoding.decode(UnsafeRawBufferPointer(rebasing: mail[part.body]))
        return bytes.withUnsafeBytes { raw in
            guard let found = TNEF(raw), !found.files.isEmpty || found.text != nil || found.html != nil else {
                return nil
            }
            return body(found)
        }
    }

    /// The bytes of the file with this number, 0 for the first behind the parts.
    static func file(_ number: Int, in mail: UnsafeRawBufferPointer, _ tree: PartTree) -> [UInt8]? {
        let body = BodyParts(tree)
        let texts = TextFiles.all(in: mail, tree.parts, body.pieces)
        if number < texts.count { return texts[number].data }
        var left = number - texts.count
        for index in body.attachments {
            let found = withTNEF(tree.parts[index], of: mail) { packed -> [UInt8]? in
                guard left < packed.files.count else {
                    left -= packed.files.count
                    return nil
                }
                return packed.bytes(of: packed.files[left])
            }
            if let bytes = found ?? nil { return bytes }
        }
        return nil
    }
}

extension CalendarItem {
    /// Of the first part that is one, wherever it stands among the alternatives.
    static func first(in parts: [Part], of mail: UnsafeRawBufferPointer) -> CalendarItem? {
        guard let part = parts.first(where: { $0.content.value == "text/calendar" }) else { return nil }
        let bytes = BodyWords.decoded(mail, part, limit: MailLimits.calendar)
        return CalendarItem(Charset.utf8(bytes, declared: part.content.parameters["charset"] ?? "utf-8"))
    }
}
