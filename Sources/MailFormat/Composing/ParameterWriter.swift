// A header parameter of any characters and length (RFC 2231 sections 3 and 4).
import Correspondence

enum ParameterWriter {
    private static let segment = 50

    /// `name="value"` where short ASCII allows it, else percent-encoded UTF-8 in numbered segments.
    static func words(_ name: String, _ value: String) -> [String] {
        let line = HeaderGrammar.oneLine(value)
        guard !line.isEmpty else { return ["\(name)=\"attachment\""] }
        if line.utf8.count <= segment, line.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }), !line.contains("=?") {
            return ["\(name)=\(HeaderWriter.quoted(line))"]
        }
        var pieces: [String] = []
        var current = ""
        for scalar in line.unicodeScalars {
            var encoded = ""
            for byte in String(scalar).utf8 {
                if isPlain(byte) {
                    encoded.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    encoded += "%\(QuotedPrintable.hex(byte))"
                }
            }
            if current.utf8.count + encoded.utf8.count > segment {
                pieces.append(current)
                current = ""
            }
            current += encoded
        }
        pieces.append(current)
        if pieces.count == 1 { return ["\(name)*=UTF-8''\(pieces[0])"] }
        return pieces.enumerated().map { index, piece in
            let end = index + 1 < pieces.count ? ";" : ""
            return "\(name)*\(index)*=\(index == 0 ? "UTF-8''" : "")\(piece)\(end)"
        }
    }

    /// `attribute-char` of RFC 2231 section 7.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95: true
        default: false
        }
    }
}
