// A sitemap (sitemaps.org): which addresses a site's pages have, and when they changed.

import Correspondence
import Foundation

/// Reads `loc` and `lastmod` of each `url` and nothing else. No document type, no entity but the five of XML, no
/// network; linear.
struct Sitemap {
    struct Entry: Equatable {
        var address: String
        var changedAt: Instant?
    }

    struct Fault: Error {
        var message: String
    }

    /// A list of other sitemaps, which lie beside it and are read on their own.
    private(set) var isIndex = false
    private(set) var entries: [Entry] = []
    /// Addresses that were passed over: not http or https, or too many.
    private(set) var passed = 0

    private static let addressLimit = 2048
    private static let depthLimit = 32

    init(_ text: String) throws(Fault) {
        let bytes = Array(text.utf8)
        var names: [Substring] = []
        var words: [UInt8] = []
        var entry = (address: "", changed: "")
        var position = 0
        var hasRoot = false
        while position < bytes.count {
            guard bytes[position] == 60 else {
                if names.count == 3, words.count <= Self.addressLimit { words.append(bytes[position]) }
                position += 1
                continue
            }
            if Self.begins("<!--", bytes, position) {
                position = Self.behind("-->", bytes, position + 4)
            } else if Self.begins("<![CDATA[", bytes, position) {
                let end = Self.behind("]]>", bytes, position + 9)
                if names.count == 3 { words += bytes[min(position + 9, end)..<max(end - 3, min(position + 9, end))] }
                position = end
            } else if Self.begins("<!", bytes, position) {
                throw Fault(message: "holds a document type or entities, which no sitemap needs: take them out")
            } else if Self.begins("<?", bytes, position) {
                position = Self.behind("?>", bytes, position + 2)
            } else {
                let end = Self.behind(">", bytes, position)
                let tag = String(decoding: bytes[(position + 1)..<max(position + 1, end - 1)], as: UTF8.self)
                position = end
                let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }
                if tag.hasPrefix("/") {
                    guard names.popLast() == name else {
                        throw Fault(message: "is broken: </\(name.prefix(40))> closes nothing")
                    }
                    if names.count == 2, names.last == "url" {
                        let value = Self.value(words)
                        if name == "loc" { entry.address = value } else if name == "lastmod" { entry.changed = value }
                    }
                    if names.count == 1, name == "url" { take(entry) }
                    if names.isEmpty { break }
                } else if !tag.hasSuffix("/") {
                    if !hasRoot {
                        guard name == "urlset" || name == "sitemapindex" else {
                            throw Fault(message: "is no sitemap (<\(name.prefix(40))>): take it out")
                        }
                        isIndex = name == "sitemapindex"
                        hasRoot = true
                    }
                    names.append(Substring(String(name)))
                    guard names.count <= Self.depthLimit else { throw Fault(message: "is nested too deep") }
                    if names.count == 2 { entry = ("", "") }
                    words.removeAll(keepingCapacity: true)
                }
            }
        }
        guard hasRoot else { throw Fault(message: "is no sitemap: take it out") }
        guard names.isEmpty else { throw Fault(message: "is cut off: save it again") }
    }

    private mutating func take(_ entry: (address: String, changed: String)) {
        guard !isIndex else { return }
        guard entries.count < ArticleLimits.addresses, FrontMatter.isAddress(entry.address) else {
            passed += 1
            return
        }
        entries.append(Entry(address: entry.address, changedAt: Self.instant(entry.changed)))
    }

    private static func begins(_ wanted: StaticString, _ bytes: [UInt8], _ position: Int) -> Bool {
        guard position + wanted.utf8CodeUnitCount <= bytes.count else { return false }
        return UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)
            .elementsEqual(bytes[position..<(position + wanted.utf8CodeUnitCount)])
    }

    /// Past the next `wanted`, or the end.
    private static func behind(_ wanted: StaticString, _ bytes: [UInt8], _ start: Int) -> Int {
        var position = start
        while position < bytes.count, !begins(wanted, bytes, position) { position += 1 }
        return min(bytes.count, position + wanted.utf8CodeUnitCount)
    }

    private static let entities = ["&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'", "&#39;": "'", "&amp;": "&"]

    private static func value(_ words: [UInt8]) -> String {
        var text = String(decoding: words, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.contains("&") else { return text }
        for (entity, meaning) in entities where entity != "&amp;" {
            text = text.replacingOccurrences(of: entity, with: meaning)
        }
        return text.replacingOccurrences(of: "&amp;", with: "&")
    }

    private static func instant(_ text: String) -> Instant? {
        if text.count == 10 { return FrontMatter.endOfDay(text).map { $0 + .microseconds(1) - .days(1) } }
        return (try? Date.ISO8601FormatStyle().parse(text)).map { Instant($0) }
    }
}

/// The sitemaps of a knowledge folder, and which saved page has which address.
struct SitemapFolder {
    /// The folder that the sitemap lies in: empty, or with a slash at its end.
    let folder: String
    private var byPlace: [String: Sitemap.Entry] = [:]
    /// nil where two pages have the name.
    private var byName: [String: Sitemap.Entry?] = [:]
    let count: Int

    init(folder: String, _ entries: [Sitemap.Entry]) {
        self.folder = folder
        count = entries.count
        for entry in entries {
            guard let parts = URLComponents(string: entry.address), let host = parts.host else { continue }
            let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
            let place = Self.place(parts.path + query)
            for key in [place, "\(host)/\(place)"] where byPlace[key] == nil { byPlace[key] = entry }
            let name = String(place.split(separator: "/").last ?? "")
            byName[name] = .some(byName[name] == nil ? entry : nil)
        }
    }

    func contains(_ path: String) -> Bool { path.hasPrefix(folder) }

    /// The entry of a page saved as its address says, with `.html` or as `index.html` of a folder, below the host's name
    /// or not; or, right beside the sitemap, by its last name alone.
    func entry(of path: String) -> Sitemap.Entry? {
        let below = String(path.dropFirst(folder.count))
        let place = Self.place(below.removingPercentEncoding ?? below)
        if let found = byPlace[place] { return found }
        return place.contains("/") || place.isEmpty ? nil : byName[place] ?? nil
    }

    /// A path without what servers leave away.
    private static func place(_ path: String) -> String {
        var text = path[...]
        while text.hasPrefix("/") { text = text.dropFirst() }
        for ending in [".xhtml", ".html", ".htm"] where text.lowercased().hasSuffix(ending) {
            text = text.dropLast(ending.count)
        }
        if text == "index" { text = "" } else if text.hasSuffix("/index") { text = text.dropLast(6) }
        while text.hasSuffix("/") { text = text.dropLast() }
        return String(text)
    }
}
