// What files say about others: keys beside a file, and the sitemaps above it.

import Correspondence
import Foundation

struct FileSurroundings {
    /// By the path of the file they are about.
    private(set) var keys: [String: FrontMatter] = [:]
    private var sitemaps: [SitemapFolder] = []
    var problems: [String] = []

    init(_ files: [ArticleFile]) {
        var entries: [String: [Sitemap.Entry]] = [:]
        var names: [String: String] = [:]
        let paths = Set(files.map(\.path))
        for file in files where file.bytes.count <= ArticleKind(path: file.path)?.sizeLimit ?? 0 {
            switch ArticleKind(path: file.path) {
            case .keys: takeKeys(file, among: paths)
            case .sitemap:
                do throws(Sitemap.Fault) {
                    guard let text = Self.decode(file.bytes) else {
                        throw Sitemap.Fault(message: "is not UTF-8: save it as UTF-8")
                    }
                    let sitemap = try Sitemap(text)
                    if sitemap.isIndex { continue }
                    if sitemap.passed > 0 {
                        problems.append(
                            "\(file.path): \(sitemap.passed) of its addresses cannot be used and are passed over")
                    }
                    entries[Self.folder(of: file.path), default: []] += sitemap.entries
                    names[Self.folder(of: file.path)] = file.path
                } catch {
                    problems.append("\(file.path): \(error.message)")
                }
            default: break
            }
        }
        // The nearest sitemap above a page counts.
        sitemaps = entries.map { SitemapFolder(folder: $0.key, $0.value) }.sorted {
            ($0.folder.utf8.count, $0.folder) > ($1.folder.utf8.count, $1.folder)
        }
        for sitemap in sitemaps {
            let pages = files.filter { sitemap.contains($0.path) && ArticleKind(path: $0.path) == .html }
            if !pages.contains(where: { sitemap.entry(of: $0.path) != nil }) {
                problems.append(
                    "\(names[sitemap.folder] ?? sitemap.folder): names \(sitemap.count) addresses, and none of them is a page saved "
                        + "beside it: save the pages there (wget --mirror); none is fetched")
            }
        }
    }

    /// The nearest sitemap in a folder above the file.
    func sitemap(of path: String) -> SitemapFolder? { sitemaps.first { $0.contains(path) } }

    private mutating func takeKeys(_ file: ArticleFile, among paths: Set<String>) {
        let subject = String(file.path[..<(file.path.lastIndex(of: ".") ?? file.path.endIndex)])
        guard paths.contains(subject) else {
            problems.append(
                "\(file.path): there is no \(subject) that it could be about: name it like its file, or take it out")
            return
        }
        guard let text = Self.decode(file.bytes) else {
            problems.append("\(file.path): is not UTF-8: save it as UTF-8")
            return
        }
        do {
            keys[subject] = try FrontMatter(keys: text.split(separator: "\n", omittingEmptySubsequences: false))
        } catch {
            problems.append("\(file.path):\(error.line): \(error.message)")
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// UTF-8 without its mark, every line end a line feed; nil for anything else.
    static func decode(_ bytes: [UInt8]) -> String? {
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var previous: UInt8 = 0
        for byte in body {
            if byte == 0x0A, previous == 0x0D {
                previous = byte
                continue
            }
            previous = byte
            // NUL is in no text; stores refuse it.
            if byte != 0 { clean.append(byte == 0x0D ? 0x0A : byte) }
        }
        return String(validating: clean, as: UTF8.self)
    }
}
