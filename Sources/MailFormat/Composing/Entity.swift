// A MIME entity as bytes: its own header fields, an empty line, its body (RFC 2045 section 3).
import Correspondence

struct Entity {
    let bytes: [UInt8]

    /// Plain ASCII of short lines as it stands, everything else as quoted-printable.
    static func text(_ text: String, subtype: String) -> Entity {
        let lines = Charset.lines(Array(text.utf8))
        let isPlain = isPlain(lines)
        let isASCII = lines.allSatisfy { $0 < 0x80 }
        var header = HeaderWriter()
        header.structured("Content-Type", ["text/\(subtype);", "charset=\(isASCII ? "us-ascii" : "utf-8")"])
        header.structured("Content-Transfer-Encoding", [isPlain ? "7bit" : "quoted-printable"])
        var bytes = header.bytes + [13, 10]
        bytes.reserveCapacity(bytes.count + lines.count + lines.count / 8)
        if isPlain { appendCRLF(lines, to: &bytes) } else { bytes += QuotedPrintable.encode(lines) }
        if !lines.isEmpty, bytes.suffix(2) != [13, 10] { bytes += [13, 10] }
        return Entity(bytes: bytes)
    }

    /// Text that no relay has a reason to change.
    private static func isPlain(_ text: [UInt8]) -> Bool {
        var start = 0
        for (index, byte) in text.enumerated() {
            if byte == 10 {
                guard isPlainLine(text[start..<index]) else { return false }
                start = index + 1
            } else if byte >= 127 || (byte < 32 && byte != 9) {
                return false
            }
        }
        return isPlainLine(text[start...])
    }

    private static func isPlainLine(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count <= HeaderWriter.lineLength, let first = line.first else { return line.isEmpty }
        if line.last == 32 || line.last == 9 { return false }
        return !unsafeStarts.contains { $0[0] == first && line.starts(with: $0) }
    }

    /// An mbox's separator, a dot that SMTP doubles, and what could be taken for a boundary.
    private static let unsafeStarts = ["From ", ".", "--=_"].map { Array($0.utf8) }

    private static func appendCRLF(_ text: [UInt8], to output: inout [UInt8]) {
        for byte in text {
            if byte == 10 { output.append(13) }
            output.append(byte)
        }
    }

    /// `=_` can stand neither in quoted-printable nor in base64, and plain text with it is not left plain: no part can
    /// hold its own boundary.
    static func multipart(_ subtype: String, _ parts: [Entity], level: Int) -> Entity {
        let boundary = "=_deskbridge_\(level)"
        var header = HeaderWriter()
        header.structured("Content-Type", ["multipart/\(subtype);", "boundary=\"\(boundary)\""])
        var bytes = header.bytes + [13, 10]
        for part in parts {
            bytes += Array("--\(boundary)\r\n".utf8)
            bytes += part.bytes
            bytes += [13, 10]
        }
        return Entity(bytes: bytes + Array("--\(boundary)--\r\n".utf8))
    }

    static func attachment(_ attachment: OutgoingAttachment) -> Entity {
        var header = HeaderWriter()
        header.structured("Content-Type", [mediaType(attachment.type)])
        header.structured("Content-Disposition", ["attachment;"] + ParameterWriter.words("filename", attachment.name))
        header.structured("Content-Transfer-Encoding", ["base64"])
        return Entity(bytes: header.bytes + [13, 10] + Base64Text.lines(attachment.bytes))
    }

    /// A type that is none, or one that may not be base64 (RFC 2046 section 5), is only bytes.
    private static func mediaType(_ type: String) -> String {
        let parts = type.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        let isToken = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.count <= 60
                && part.utf8.allSatisfy {
                    (48...57).contains($0) || (97...122).contains($0) || [43, 45, 46].contains($0)
                }
        }
        guard parts.count == 2, isToken, parts[0] != "multipart", parts[0] != "message" else {
            return "application/octet-stream"
        }
        return "\(parts[0])/\(parts[1])"
    }
}
