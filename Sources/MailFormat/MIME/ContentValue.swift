// A value with parameters, as Content-Type and Content-Disposition have (RFC 2045 section 5.1, RFC 2231).
import CGMime
import Correspondence
import Foundation

struct ContentValue {
    /// Lower case: `text/plain`, `attachment`.
    var value: String
    /// By lower-case name, decoded (RFC 2231 and, where senders do so, encoded words), one line each.
    var parameters: [String: String] = [:]

    static let plainText = ContentValue(value: "text/plain")

    /// The names a mail is asked for; others are not taken out.
    private static let typeParameters = [
        "boundary", "charset", "name", "format", "delsp", "report-type", "method", "start", "type",
    ]

    init(value: String) {
        self.value = value
    }

    /// A Content-Type; what is none means text (RFC 2045 section 5.2). A raw 8-bit file name is read by the charset, that
    /// of the mail's text, and nothing else is.
    init(type raw: [UInt8], charset: @autoclosure () -> String?) {
        self.init(type: raw)
        guard parameters["name"] != nil, !Charset.isPlausibleUTF8(raw), let charset = charset() else { return }
        let named = ContentValue(type: Charset.repaired(raw, declared: charset))
        if named.value == value { parameters["name"] = named.parameters["name"] ?? parameters["name"] }
    }

    private init(type raw: [UInt8]) {
        let raw = Array(raw.prefix(MailLimits.header))
        // A comment may hold a slash or a semicolon.
        let bare = HeaderGrammar.withoutComments(raw)
        let slash = bare.firstIndex(of: 0x2F) ?? bare.count
        guard slash > 0, slash < (bare.firstIndex(of: 0x3B) ?? bare.count) else {
            self = .plainText
            return
        }
        var made = ContentValue(value: "text/plain")
        if let (value, parameters) = PlainHeader.value(raw), value.split(separator: "/").count == 2 {
            made.value = value
            for (name, text) in parameters where Self.typeParameters.contains(name) {
                made.parameters[name] = Self.cleaned(text, isName: name == "name")
            }
            self = made
            return
        }
        HeaderGrammar.withCString(EncodedWords.merged(raw)) { pointer in
            guard let type = g_mime_content_type_parse(GMimeLibrary.options, pointer) else { return }
            defer { cgmime_unref(type) }
            if let media = g_mime_content_type_get_media_type(type),
                let subtype = g_mime_content_type_get_media_subtype(type)
            {
                made.value = "\(String(cString: media))/\(String(cString: subtype))".lowercased()
            }
            guard raw.contains(0x3B) else { return }
            for name in Self.typeParameters {
                guard let value = g_mime_content_type_get_parameter(type, name) else { continue }
                made.parameters[name] = Self.cleaned(String(cString: value), isName: name == "name")
            }
        }
        self = made
    }

    /// A Content-Disposition, its file name as that of a Content-Type.
    init(disposition raw: [UInt8], charset: @autoclosure () -> String?) {
        self.init(disposition: raw)
        guard parameters["filename"] != nil, !Charset.isPlausibleUTF8(raw), let charset = charset() else { return }
        let named = ContentValue(disposition: Charset.repaired(raw, declared: charset))
        if named.value == value { parameters["filename"] = named.parameters["filename"] ?? parameters["filename"] }
    }

    private init(disposition raw: [UInt8]) {
        let raw = Self.withoutFallback(Array(raw.prefix(MailLimits.header)))
        var made = ContentValue(value: "")
        if let (value, parameters) = PlainHeader.value(raw), !value.utf8.contains(0x2F) {
            made.value = value
            let name = parameters.first { $0.name == "filename" }.map { Self.cleaned($0.text, isName: true) }
            if let name, !name.isEmpty { made.parameters["filename"] = name }
            self = made
            return
        }
        HeaderGrammar.withCString(EncodedWords.merged(raw)) { pointer in
            guard let disposition = g_mime_content_disposition_parse(GMimeLibrary.options, pointer) else { return }
            defer { cgmime_unref(disposition) }
            if let value = g_mime_content_disposition_get_disposition(disposition) {
                made.value = String(cString: value).lowercased()
            }
            if let name = g_mime_content_disposition_get_parameter(disposition, "filename") {
                made.parameters["filename"] = Self.cleaned(String(cString: name), isName: true)
            }
        }
        if made.parameters["filename"]?.isEmpty == true { made.parameters["filename"] = nil }
        self = made
    }

    /// Without the plain `filename` that stands beside a `filename*` for old readers (RFC 6266 section 4.3).
    private static func withoutFallback(_ raw: [UInt8]) -> [UInt8] {
        guard raw.contains(0x2A) else { return raw }
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var isQuoted = false
        var index = 0
        while index < raw.count {
            switch raw[index] {
            case 0x5C where isQuoted: index += 1
            case 0x22: isQuoted.toggle()
            case 0x3B where !isQuoted:
                pieces.append(raw[start..<index])
                start = index + 1
            default: break
            }
            index += 1
        }
        pieces.append(raw[start...])
        func name(_ piece: ArraySlice<UInt8>) -> String {
            Blanks.trimmed(String(decoding: piece.prefix { $0 != 0x3D }.prefix(20), as: UTF8.self)).lowercased()
        }
        guard pieces.contains(where: { ["filename*", "filename*0", "filename*0*"].contains(name($0)) })
        else { return raw }
        return Array(pieces.filter { name($0) != "filename" }.joined(separator: [0x3B]))
    }

    /// A file name is the last component only: a path would be an instruction.
    private static func cleaned(_ text: String, isName: Bool) -> String { isName ? fileName(text) : text }

    static func fileName(_ text: String) -> String {
        // A line break is one blank, and CR LF one line break.
        let text = text.utf8.contains(13) ? String(text.map { $0 == "\r\n" ? " " : $0 }) : text
        let line = HeaderGrammar.oneLine(text)
        return line.split { $0 == "/" || $0 == "\\" }.last.map { String($0.prefix(255)) } ?? ""
    }
}
