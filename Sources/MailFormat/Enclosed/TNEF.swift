// winmail.dat: the mail that Outlook packed for its own kind (MS-OXTNEF), its words and its files.

/// A chain of attributes, each with its length, over which one pass goes; properties of MAPI stand in two of them. What
/// is broken ends the chain, and what was found by then counts. Checksums are not looked at. Mails within it are files.
struct TNEF {
    struct File: Equatable {
        var name: String?
        var type: String
        var data: Range<Int>
        var contentID: String?
        var isInline = false
    }

    /// UTF-8.
    private(set) var html: [UInt8]?
    private(set) var text: [UInt8]?
    private(set) var files: [File] = []

    private let bytes: UnsafeRawBufferPointer
    private var codePage = 1252
    private var draft: Draft?

    /// A file while its attributes come in.
    private struct Draft {
        var title: String?
        var data: Range<Int>?
        var properties = TNEFProperties()
    }

    private static let signature: UInt32 = 0x223E_9F78

    static func isType(_ type: String) -> Bool {
        type == "application/ms-tnef" || type == "application/vnd.ms-tnef" || type == "application/x-tnef"
    }

    /// nil where the bytes are none. The ranges of the files are of these bytes.
    init?(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        var cursor = ByteCursor(bytes, in: 0..<bytes.count)
        guard cursor.u32() == Self.signature, cursor.u16() != nil else { return nil }
        var message = TNEFProperties()
        var plain: Range<Int>?
        while let level = cursor.byte(), level == 1 || level == 2, let tag = cursor.u32(), let length = cursor.length()
        {
            guard let data = cursor.take(min(length, cursor.left)) else { break }
            switch tag & 0xFFFF {
            case 0x9007 where data.count >= 4:
                var number = ByteCursor(bytes, in: data)
                codePage = number.length() ?? codePage
            case 0x800C: plain = data
            case 0x9003: message.read(bytes, data)
            case 0x9002:
                finishFile()
                guard files.count < MailLimits.enclosedFiles else { break }
                draft = Draft()
            case 0x8010 where draft != nil:
                let title = string(data)
                draft?.title = title
            case 0x800F where draft != nil: draft?.data = data
            case 0x9005 where draft != nil: draft?.properties.read(bytes, data)
            default: break
            }
            // Behind each is its checksum.
            guard cursor.u16() != nil else { break }
        }
        finishFile()
        readWords(message, plain)
    }

    func bytes(of file: File) -> [UInt8] { Array(bytes[file.data]) }

    // MARK: Words

    private mutating func readWords(_ message: TNEFProperties, _ plain: Range<Int>?) {
        if let value = message.bodyHTML {
            html = converted(value, codePage: message.internetCodePage)
        }
        if let value = message.body {
            text = converted(value)
        } else if let plain {
            text = Charset.utf8(withoutEnd(plain), declared: CodePage.charset(codePage))
        }
        guard html == nil, let value = message.rtf,
            let rtf = CompressedRTF.unpacked(UnsafeRawBufferPointer(rebasing: bytes[value.range]))
        else { return }
        switch RTFText.words(of: rtf) {
        case .html(let found): html = found
        case .text(let found): text = text ?? Charset.lines(found)
        }
    }

    // MARK: Files

    private mutating func finishFile() {
        guard let draft else { return }
        self.draft = nil
        let properties = draft.properties
        var data = draft.data ?? properties.fileData?.range ?? 0..<0
        let isMail = properties.fileMethod == 5
        // An object begins with the id of its kind.
        if draft.data == nil || isMail, let object = properties.fileData, object.type == 0x0D {
            data = object.range.dropFirst(16)
        }
        let names = [
            properties.longName.map(string), draft.title, properties.shortName.map(string),
            properties.displayName.map(string),
        ]
        let name = names.lazy.compactMap { $0.map(ContentValue.fileName) }.first { !$0.isEmpty }
        let told = properties.mediaType.map { string($0).lowercased() }.flatMap { $0.contains("/") ? $0 : nil }
        let id = properties.contentID.map { string($0).filter { $0 != "<" && $0 != ">" } }
        files.append(
            File(
                name: name, type: isMail ? "application/ms-tnef" : told ?? FileType.ofName(name ?? ""), data: data,
                contentID: id?.isEmpty == false ? id : nil,
                isInline: id?.isEmpty == false && (properties.isShown || properties.isHidden)))
    }

    // MARK: Values

    private func withoutEnd(_ range: Range<Int>) -> [UInt8] {
        Array(bytes[range.prefix(MailLimits.textBody)].prefix { $0 != 0 })
    }

    private func converted(_ value: TNEFProperties.Value, codePage number: Int? = nil) -> [UInt8] {
        let raw = bytes[value.range.prefix(MailLimits.textBody)]
        return value.type == 0x1F
            ? Charset.utf8(Array(raw), declared: "utf-16le")
            : Charset.utf8(raw.filter { $0 != 0 }, declared: CodePage.charset(number ?? codePage))
    }

    private func string(_ range: Range<Int>) -> String {
        let raw = Array(bytes[range.prefix(1024)].prefix { $0 != 0 })
        return HeaderGrammar.oneLine(
            String(decoding: Charset.utf8(raw, declared: CodePage.charset(codePage)), as: UTF8.self))
    }

    private func string(_ value: TNEFProperties.Value) -> String {
        guard value.type == 0x1F else { return string(value.range) }
        let text = Charset.utf8(Array(bytes[value.range.prefix(1024)]), declared: "utf-16le")
        return HeaderGrammar.oneLine(String(decoding: text, as: UTF8.self))
    }
}
