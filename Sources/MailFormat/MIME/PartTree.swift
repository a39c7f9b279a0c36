// The parts of a mail as a flat list, found in one linear pass (RFC 2046 section 5.1).
import Correspondence
import Glibc

/// One entity. `body` is the range of its still encoded bytes in the mail; for a multipart it is the whole inside.
struct Part {
    var content = ContentValue.plainText
    var disposition: ContentValue?
    var encoding = TransferEncoding.identity
    var contentID: String?
    var body: Range<Int>
    /// Index of the multipart around it; nil for the mail itself.
    var parent: Int?
    var children: [Int] = []

    var isMultipart: Bool { content.value.hasPrefix("multipart/") }
    var filename: String? { disposition?.parameters["filename"] ?? content.parameters["name"] }
}

/// Depth-first, so that an index names a part for good (`Attachment.part`). Boundaries are compared from the innermost
/// open multipart outwards, at most `MailLimits.depth` of them a line; messages inside a mail are leaves. Nothing
/// recurses and nothing is copied, so neither depth nor number of parts can hurt.
struct PartTree {
    private(set) var parts: [Part] = []

    /// The charset of the first text, by which raw 8-bit names of parts and header values are read.
    var textCharset: String? {
        parts.first { $0.content.value.hasPrefix("text/") && $0.content.parameters["charset"] != nil }?
            .content.parameters["charset"]
    }

    private struct Open {
        let part: Int
        let boundary: [UInt8]
    }

    init(_ mail: UnsafeRawBufferPointer, headers: HeaderBlock) {
        var root = Part(body: headers.bodyStart..<mail.count)
        Self.describe(&root, by: headers, within: nil)
        parts = [root]
        guard root.isMultipart else { return }
        var open: [Open] = []
        if let boundary = Self.boundary(of: root) { open = [Open(part: 0, boundary: boundary)] }
        var leaf: Int?
        var position = headers.bodyStart

        while position < mail.count, !open.isEmpty {
            let line = mail.lineEnd(from: position)
            guard line.end - position > 2, mail[position] == 45, mail[position + 1] == 45,
                let (level, isLast) = Self.match(mail, position + 2, line.end, open)
            else {
                position = line.next
                continue
            }
            let contentEnd = Self.endBefore(position, in: mail)
            if let leaf {
                parts[leaf].body = parts[leaf].body.lowerBound..<max(parts[leaf].body.lowerBound, contentEnd)
            }
            leaf = nil
            for inner in open[(level + 1)...] { close(inner.part, at: contentEnd) }
            open.removeSubrange((level + 1)...)
            position = line.next
            if isLast {
                close(open[level].part, at: contentEnd)
                open.removeLast()
                continue
            }
            guard parts.count < MailLimits.parts else { break }
            let block = HeaderBlock.part(of: mail, from: position, to: mail.count)
            position = max(position, block.bodyStart)
            let parent = open[level].part
            var part = Part(body: min(position, mail.count)..<mail.count, parent: parent)
            Self.describe(&part, by: block, within: parts[parent], charset: textCharset)
            let index = parts.count
            parts[parent].children.append(index)
            if part.isMultipart, open.count < MailLimits.depth, let boundary = Self.boundary(of: part) {
                open.append(Open(part: index, boundary: boundary))
            } else {
                leaf = index
            }
            parts.append(part)
        }
        if leaf != nil, position < mail.count, let leaf {
            parts[leaf].body = parts[leaf].body.lowerBound..<max(parts[leaf].body.lowerBound, position)
        }
        for index in parts.indices where parts[index].isMultipart && parts[index].children.isEmpty {
            // No part was found: what there is can only be text.
            parts[index].content = .plainText
            if Self.isPreamble(mail[parts[index].body]) {
                parts[index].body = parts[index].body.lowerBound..<parts[index].body.lowerBound
            }
        }
    }

    /// The sentence that programs put before the first part, and nothing else.
    private static func isPreamble(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard text.count < 100 else { return false }
        return TextLines.lowered(Array(text)[...]).elementsEqual("this is a multi-part message in mime format.".utf8)
    }

    private mutating func close(_ part: Int, at end: Int) {
        parts[part].body = parts[part].body.lowerBound..<max(parts[part].body.lowerBound, end)
    }

    /// The line break before a boundary belongs to the boundary.
    private static func endBefore(_ position: Int, in mail: UnsafeRawBufferPointer) -> Int {
        var end = position
        if end > 0, mail[end - 1] == 10 { end -= 1 }
        if end > 0, end < position, mail[end - 1] == 13 { end -= 1 }
        return end
    }

    private static func boundary(of part: Part) -> [UInt8]? {
        guard let text = part.content.parameters["boundary"], !text.isEmpty, text.utf8.count <= 1000 else { return nil }
        var bytes = Array(text.utf8)
        while bytes.last == 32 { bytes.removeLast() }
        return bytes.isEmpty ? nil : bytes
    }

    /// The innermost open multipart that the line after its two dashes belongs to, and whether it is the last line.
    private static func match(
        _ mail: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ open: [Open]
    ) -> (level: Int, isLast: Bool)? {
        var end = end
        while end > start, mail[end - 1] == 32 || mail[end - 1] == 9 { end -= 1 }
        let length = end - start
        for level in open.indices.reversed() {
            let boundary = open[level].boundary
            let isLast = length == boundary.count + 2
            guard length == boundary.count || isLast, mail[start] == boundary[0] else { continue }
            let isSame = boundary.withUnsafeBytes { wanted in
                guard let base = mail.baseAddress, let other = wanted.baseAddress else { return false }
                return memcmp(base + start, other, wanted.count) == 0
            }
            guard isSame else { continue }
            if !isLast { return (level, false) }
            if mail[end - 1] == 45, mail[end - 2] == 45 { return (level, true) }
        }
        return nil
    }

    private static func describe(
        _ part: inout Part, by headers: HeaderBlock, within parent: Part?, charset: @autoclosure () -> String? = nil
    ) {
        if let value = headers.first("content-type") {
            part.content = ContentValue(type: value, charset: charset())
        } else if parent?.content.value == "multipart/digest" {
            part.content = ContentValue(value: "message/rfc822")
        }
        if let value = headers.first("content-disposition") {
            part.disposition = ContentValue(disposition: value, charset: charset())
        }
        if let value = headers.first("content-transfer-encoding") {
            part.encoding = TransferEncoding(named: HeaderGrammar.keyword(value))
        }
        if let value = headers.first("content-id") {
            part.contentID = HeaderGrammar.messageIDs(value).first?.text
        }
    }
}
