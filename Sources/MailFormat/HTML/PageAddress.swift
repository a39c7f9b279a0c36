// What stands around the body of a page, and where its links lead.

enum PageAddress {
    /// How far into the bytes a head is looked for.
    private static let headLimit = 65_536

    /// An address relative to the page's own (RFC 3986 section 5.2, without `..`); nil where it has a scheme.
    static func complete(_ href: UnsafeRawBufferPointer, at address: String) -> [UInt8]? {
        let path = String(decoding: href, as: UTF8.self).filter { $0 != "\n" && $0 != "\r" && $0 != "\t" }
        guard let scheme = address.firstRange(of: "://"), !path.contains("..") else { return nil }
        let head = path.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !head.contains(":") else { return nil }
        if path.hasPrefix("//") { return Array((address[..<scheme.lowerBound] + ":" + path).utf8) }
        let host = address[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let origin = address[..<host.endIndex]
        if path.hasPrefix("/") { return Array((origin + path).utf8) }
        let page = address[host.endIndex...].prefix { $0 != "?" && $0 != "#" }
        if path.hasPrefix("?") { return Array((origin + page + path).utf8) }
        let folder = page.lastIndex(of: "/").map { page[...$0] } ?? "/"
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        return Array((origin + folder + rest).utf8)
    }

    /// The bytes between `<title…>` and `</title`.
    static func title(of html: [UInt8]) -> [UInt8]? {
        let head = html.prefix(headLimit)
        guard let open = find("<title", in: head, from: 0), let close = find("</title", in: head, from: open),
            let start = head[open..<close].firstIndex(of: 62)
        else { return nil }
        return Array(head[(start + 1)..<close])
    }

    /// The value of `lang` of the `html` tag.
    static func language(of html: [UInt8]) -> String? {
        let head = html.prefix(headLimit)
        guard let open = find("<html", in: head, from: 0), let end = head[open...].firstIndex(of: 62),
            let name = find("lang=", in: head[..<end], from: open), name > 0, head[name - 1] <= 32
        else { return nil }
        let value = head[(name + 5)..<end].drop { $0 == 34 || $0 == 39 }.prefix { byte in
            byte != 34 && byte != 39 && byte > 32
        }
        return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
    }

    private static func find(_ wanted: StaticString, in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        let count = wanted.utf8CodeUnitCount
        guard bytes.count >= count, start <= bytes.endIndex - count else { return nil }
        let letters = UnsafeBufferPointer(start: wanted.utf8Start, count: count)
        return (start...(bytes.endIndex - count)).first { position in
            bytes[position] | 32 == letters[0] | 32
                && zip(bytes[position..<(position + count)], letters).allSatisfy { byte, letter in
                    byte == letter || (byte &- 65 < 26 && byte | 32 == letter)
                }
        }
    }
}
