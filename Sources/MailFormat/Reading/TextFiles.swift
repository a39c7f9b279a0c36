// Files within a text: uuencode (POSIX.1, `begin 644 name` to `end`) and yEnc (`=ybegin` to `=yend`).

/// A file that a program wrote into the text, as attachments were made before MIME.
struct TextFile {
    let name: String
    let data: [UInt8]

    var type: String { FileType.ofName(name) }
}

/// Nothing is taken for a file that does not end as one: a text may speak of `begin` and `end`. Linear: a line is looked
/// at once as text and at most once as a line of a file.
enum TextFiles {
    /// All files of a mail's texts, in order: the numbers behind its last part name them (`Attachment.part`).
    static func all(in mail: UnsafeRawBufferPointer, _ parts: [Part], _ pieces: [BodyPiece]) -> [TextFile] {
        pieces.compactMap(\.plain).flatMap { split(BodyWords.decoded(mail, parts[$0])).files }
    }

    /// The text without its files, as it is where it has none; bytes before any charset is thought of.
    static func split(_ text: [UInt8]) -> (text: [UInt8], files: [TextFile]) {
        text.withUnsafeBytes { raw in
            guard raw.has("begin ") else { return (text, []) }
            var kept: [UInt8] = []
            var files: [TextFile] = []
            var position = 0
            var mayHaveEnd = true
            while position < raw.count {
                let line = raw.lineEnd(from: position)
                var found: (file: TextFile, next: Int)?
                if files.count == MailLimits.textFiles {
                    found = nil
                } else if raw.begins(at: position, with: "begin ") {
                    found = uuencoded(raw, from: position, line)
                } else if mayHaveEnd, raw.begins(at: position, with: "=ybegin ") {
                    found = yEncoded(raw, from: position, line)
                    mayHaveEnd = found != nil
                }
                if let (file, next) = found {
                    files.append(file)
                    position = next
                    // Of the empty lines around it one is enough.
                    if endsInBlankLine(kept) { position = behindBlankLine(raw, from: next) }
                } else {
                    kept.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[position..<line.next]))
                    position = line.next
                }
            }
            return files.isEmpty ? (text, []) : (kept, files)
        }
    }

    private static func uuencoded(
        _ raw: UnsafeRawBufferPointer, from start: Int, _ first: (end: Int, next: Int)
    ) -> (file: TextFile, next: Int)? {
        // `begin 644 list.csv`: three or four octal digits.
        let words = raw[(start + 6)..<first.end].split(separator: 32, maxSplits: 1)
        guard words.count == 2, (3...4).contains(words[0].count), words[0].allSatisfy({ (48...55).contains($0) }) else {
            return nil
        }
        var position = first.next
        var isEmpty = false
        while position < raw.count {
            let line = raw.lineEnd(from: position)
            if line.end - position == 3, raw.begins(at: position, with: "end") {
                let code = UnsafeRawBufferPointer(rebasing: raw[start..<line.end])
                return (
                    TextFile(name: name(words[1]), data: TransferEncoding.uuencode.decode(code)), line.next
                )
            }
            guard let length = uuLength(raw, position..<line.end) else {
                guard line.end == position, !isEmpty else { return nil }
                // The empty line in place of a blank or a grave accent.
                isEmpty = true
                position = line.next
                continue
            }
            if length == 0 { isEmpty = true } else if isEmpty { return nil }
            position = line.next
        }
        return nil
    }

    /// How many bytes a line stands for; nil when it is none. Blanks at its end may be lost.
    private static func uuLength(_ raw: UnsafeRawBufferPointer, _ line: Range<Int>) -> Int? {
        guard !line.isEmpty, raw[line].allSatisfy({ $0 >= 32 && $0 <= 96 }) else { return nil }
        let length = Int((raw[line.lowerBound] &- 32) & 63)
        let needed = (length + 2) / 3 * 4
        return (needed / 2...needed + 1).contains(line.count - 1) ? length : nil
    }

    private static func yEncoded(
        _ raw: UnsafeRawBufferPointer, from start: Int, _ first: (end: Int, next: Int)
    ) -> (file: TextFile, next: Int)? {
        let head = String(decoding: raw[start..<first.end], as: UTF8.self)
        guard let at = head.firstRange(of: " name=") else { return nil }
        var data: [UInt8] = []
        var position = first.next
        while position < raw.count {
            let line = raw.lineEnd(from: position)
            if raw.begins(at: position, with: "=yend") {
                return (TextFile(name: name(Array(head[at.upperBound...].utf8)[...]), data: data), line.next)
            }
            if !raw.begins(at: position, with: "=ypart ") {
                var isEscaped = false
                for byte in raw[position..<line.end] {
                    if byte == 61, !isEscaped {
                        isEscaped = true
                    } else {
                        data.append(byte &- (isEscaped ? 106 : 42))
                        isEscaped = false
                    }
                }
            }
            position = line.next
        }
        return nil
    }

    private static func name(_ raw: some Sequence<UInt8>) -> String {
        ContentValue.fileName(String(decoding: Charset.repaired(Array(raw), declared: nil), as: UTF8.self))
    }

    /// Whether the text ends in an empty line, or has no line yet.
    private static func endsInBlankLine(_ text: [UInt8]) -> Bool {
        let end = text.suffix(4).filter { $0 != 13 }
        return end.isEmpty || end.suffix(2).elementsEqual([10, 10])
    }

    private static func behindBlankLine(_ raw: UnsafeRawBufferPointer, from start: Int) -> Int {
        let line = raw.lineEnd(from: start)
        return line.end == start ? line.next : start
    }
}
