// Bytes in a declared, wrong or missing charset to UTF-8.
import CGMime
import Glibc

/// The rules, in the order asked: UTF-8 and ASCII by themselves, also where the label names a set of single bytes and
/// the bytes are plainly UTF-8, as web forms send them; the single-byte Latin sets as their Windows supersets,
/// as the web does (WHATWG Encoding); everything else by iconv, under the name of the largest set of its family;
/// unknown names, and no name, as UTF-8 where the bytes are that, else windows-1252.
enum Charset {
    /// The text without NUL and CR; valid UTF-8 or nearly: `String(decoding:)` repairs what is left.
    static func utf8(_ bytes: [UInt8], declared: String?) -> [UInt8] {
        let name = canonical(declared)
        if isOneByte(name), isPlainlyUTF8(bytes) { return lines(bytes) }
        switch name {
        case "utf-8", "":
            return lines(isPlausibleUTF8(bytes) ? bytes : windows1252(bytes))
        case "windows-1252":
            return lines(windows1252(bytes))
        case "iso-2022-jp":
            return lines(converted(ISO2022JP.shiftJIS(bytes), from: "cp932") ?? utf8(bytes, declared: nil))
        default:
            return lines(converted(bytes, from: name) ?? utf8(bytes, declared: nil))
        }
    }

    /// A header value with raw 8-bit bytes: as it is where it may be UTF-8, else in the charset of the text, unless ASCII
    /// would not stay what it is in that. For display only: in Shift_JIS or GBK a letter may swallow a quote or a
    /// bracket, so an address read from it may be another than the one others read.
    static func repaired(_ bytes: [UInt8], declared: String?) -> [UInt8] {
        guard let declared, !isPlausibleUTF8(bytes) else { return bytes }
        return utf8(bytes, declared: utf8(ascii, declared: declared) == ascii ? declared : nil)
    }

    private static let ascii = Array(32..<127) + Array("+ADw-~{x~}".utf8)

    /// The name iconv is asked for; empty where nothing is declared.
    static func canonical(_ declared: String?) -> String {
        let name = (declared ?? "").lowercased().filter { $0 != "\"" && $0 != "'" && $0 != " " }
        switch name {
        case "", "us-ascii", "ascii", "ansi_x3.4-1968", "default", "unknown", "unknown-8bit", "binary", "8bit",
            "x-unknown":
            return ""
        case "utf8", "utf-8", "unicode-1-1-utf-8", "utf8mb4", "cp65001": return "utf-8"
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "cp1252", "windows-1252", "x-ansi":
            return "windows-1252"
        case "iso-8859-9", "iso8859-9", "latin5": return "cp1254"
        case "iso-8859-11", "tis-620", "tis620", "windows-874": return "cp874"
        case "iso-8859-8-i", "iso-8859-8-e": return "iso-8859-8"
        case "gb2312", "gbk", "gb_2312-80", "cp936", "x-gbk", "euc-cn":
            return "gb18030"
        case "ks_c_5601-1987", "ks_c_5601", "ks_c_5601-1989", "euc-kr", "ksc5601", "korean", "ks_c-5601-1987":
            return "cp949"
        case "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j": return "cp932"
        case "iso-2022-jp", "iso-2022-jp-ms", "cp50220", "cp50221", "cp50222", "csiso2022jp", "iso-2022-jp-1":
            return "iso-2022-jp"
        case "x-euc-jp", "euc-jp", "eucjp": return "euc-jp-ms"
        case "big5", "big-5", "x-x-big5", "cn-big5": return "big5-hkscs"
        case "unicode-1-1-utf-7", "utf7": return "utf-7"
        case "x-mac-roman", "macintosh", "x-macintosh": return "macintosh"
        case "utf-16", "utf16", "unicode": return "utf-16"
        default:
            return name.utf8.count <= 40 && name.utf8.allSatisfy { isNameByte($0) } ? name : ""
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || [45, 46, 58, 95, 43].contains(byte)
    }

    // MARK: By hand

    /// Whether the bytes are UTF-8 but for a few faults. Bytes with no valid sequence at all are another charset.
    static func isPlausibleUTF8(_ bytes: [UInt8]) -> Bool {
        if bytes.withUnsafeBytes({ !$0.isEightBit(0..<$0.count) }) { return true }
        return bytes.withUnsafeBufferPointer { bytes in
            var index = 0
            var sequences = 0
            var faults = 0
            let end = bytes.count
            while index < end {
                let byte = bytes[index]
                index += 1
                if byte < 0x80 { continue }
                let following = byte >= 0xF0 && byte < 0xF5 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC2 ? 1 : 0
                var seen = 0
                if byte < 0xF5 {
                    while seen < following, index + seen < end, bytes[index + seen] & 0xC0 == 0x80 { seen += 1 }
                }
                if following > 0, seen == following {
                    sequences += 1
                    index += seen
                } else {
                    faults += 1
                }
            }
            return faults == 0 || sequences > faults
        }
    }

    /// Sets in which nobody writes what is wholly UTF-8 and not ASCII: their letters would come in the right pairs and
    /// triples throughout. Thai would now and then, and the sets of two bytes would often.
    private static func isOneByte(_ name: String) -> Bool {
        ["windows-125", "cp125", "iso-8859-", "koi8-"].contains { name.hasPrefix($0) }
    }

    /// Wholly valid, and with more than somebody who complains of broken letters would quote by the way.
    private static func isPlainlyUTF8(_ bytes: [UInt8]) -> Bool {
        guard bytes.withUnsafeBytes({ $0.isEightBit(0..<$0.count) }) else { return false }
        var letters = 0
        for byte in bytes where byte >= 0xC2 { letters += 1 }
        return letters >= fewestLetters && String(validating: bytes, as: UTF8.self) != nil
    }

    private static let fewestLetters = 3

    private static let windowsC1: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]

    private static func windows1252(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        return [UInt8](unsafeUninitializedCapacity: bytes.count * 3) { output, count in
            for byte in bytes {
                if byte < 0x80 {
                    output[count] = byte
                    count += 1
                    continue
                }
                let scalar = byte < 0xA0 ? windowsC1[Int(byte) - 0x80] : UInt16(byte)
                if scalar < 0x800 {
                    output[count] = 0xC0 | UInt8(scalar >> 6)
                    count += 1
                } else {
                    output[count] = 0xE0 | UInt8(scalar >> 12)
                    output[count + 1] = 0x80 | UInt8(scalar >> 6 & 0x3F)
                    count += 2
                }
                output[count] = 0x80 | UInt8(scalar & 0x3F)
                count += 1
            }
        }
    }

    /// CRLF and CR become LF, NUL goes.
    static func lines(_ bytes: [UInt8]) -> [UInt8] {
        let needsWork = bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return memchr(base, 13, bytes.count) != nil || memchr(base, 0, bytes.count) != nil
        }
        guard needsWork else { return bytes }
        return bytes.withUnsafeBufferPointer { bytes in
            [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
                let end = bytes.count
                var index = 0
                while index < end {
                    let byte = bytes[index]
                    index += 1
                    if byte == 0 { continue }
                    if byte == 13 {
                        if index < end, bytes[index] == 10 { continue }
                        output[count] = 10
                    } else {
                        output[count] = byte
                    }
                    count += 1
                }
            }
        }
    }

    // MARK: By iconv

    /// nil when iconv does not know the charset. A byte that fits nothing becomes U+FFFD.
    private static func converted(_ bytes: [UInt8], from name: String) -> [UInt8]? {
        guard !bytes.isEmpty else { return [] }
        guard let shelf = ConverterShelf.ofThisThread, let converter = shelf.converter(from: name) else { return nil }
        var input = bytes
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 3 / 2 + 16)
        input.withUnsafeMutableBytes { raw in
            var source = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            var left: gsize = gsize(raw.count)
            withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { room in
                while left > 0 {
                    var target = room.baseAddress?.assumingMemoryBound(to: CChar.self)
                    var free: gsize = gsize(room.count)
                    let result = g_iconv(converter, &source, &left, &target, &free)
                    let fault = errno
                    output.append(contentsOf: room[0..<(room.count - Int(free))])
                    guard result == gsize.max else { break }
                    if fault == E2BIG { continue }
                    output.append(contentsOf: [0xEF, 0xBF, 0xBD])
                    guard left > 1 else { break }
                    source = source.map { $0 + 1 }
                    left -= 1
                }
                // What a stateful charset still holds: windows-1255 waits for a point on the last letter.
                var target = room.baseAddress?.assumingMemoryBound(to: CChar.self)
                var free: gsize = gsize(room.count)
                _ = g_iconv(converter, nil, nil, &target, &free)
                output.append(contentsOf: room[0..<(room.count - Int(free))])
            }
        }
        return output
    }
}
