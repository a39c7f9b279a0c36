// Knowledge files taken from disk, within limits.

package import Correspondence
import Foundation
import Glibc

/// Blocking: call it off the concurrency threads. What is left out is named; hidden files are not looked at.
package enum ArticleFolder {
    package static let fileLimit = 20_000
    package static let totalLimit = 256_000_000
    private static let depthLimit = 16

    /// Every file of `paths`, which are folders or files. A file's path is the one within its folder, or its name.
    /// Sorted, so that the same folder gives the same list.
    package static func read(_ paths: [String]) -> (files: [ArticleFile], problems: [String]) {
        let found = look(into: paths)
        return (found.files, found.unreached + found.problems)
    }

    package struct Found: Sendable {
        package var files: [ArticleFile] = []
        /// What was left out, each with its reason.
        package var problems: [String] = []
        /// Problems with the paths themselves: of those that cannot be opened or listed just now nobody knows what is in
        /// them.
        package var unreached: [String] = []
        /// The beginnings of article paths of which nobody knows just now: a folder below (`de/`) that cannot be listed, a
        /// file that cannot be read. Named in `problems` too.
        package var unknown: [String] = []
        /// Folders of `paths` with nothing at all in them, as an unmounted share looks.
        package var empty: [String] = []
    }

    package static func look(into paths: [String]) -> Found {
        var reading = Reading()
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                reading.found.unreached.append("\(path): there is no such file or folder: correct `knowledge`")
                continue
            }
            guard canOpen(path) else {
                reading.found.unreached.append("\(path): cannot be opened: check its permissions")
                continue
            }
            let url = URL(fileURLWithPath: path)
            if isFolder.boolValue {
                if (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true {
                    reading.found.empty.append(path)
                }
                reading.walk(url, prefix: "", depth: 0)
            } else {
                reading.take(url, as: url.lastPathComponent)
            }
        }
        return reading.found
    }

    /// Opened in earnest: a file system that is gone says so only then.
    private static func canOpen(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    private struct Reading {
        var found = Found()
        private var total = 0

        mutating func walk(_ folder: URL, prefix: String, depth: Int) {
            guard depth < depthLimit else {
                found.problems.append("\(prefix): folders are nested more than \(depthLimit) deep: move the files up")
                return
            }
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            } catch {
                let problem = "\(folder.path): cannot be listed: check its permissions"
                if prefix.isEmpty {
                    found.unreached.append(problem)
                } else {
                    found.problems.append(problem)
                    found.unknown.append(prefix)
                }
                return
            }
            for name in names where !name.hasPrefix(".") {
                let url = folder.appendingPathComponent(name)
                let values = try? url.resourceValues(forKeys: [.isDirectoryKey, .isRegularFileKey])
                if values?.isDirectory == true {
                    walk(url, prefix: prefix + name + "/", depth: depth + 1)
                } else {
                    take(url, as: prefix + name)
                }
            }
        }

        mutating func take(_ url: URL, as path: String) {
            guard found.files.count < fileLimit else {
                if found.files.count == fileLimit, found.problems.last?.contains("files are read") != true {
                    found.problems.append("\(path): only \(fileLimit) files are read: take some out")
                }
                return
            }
            let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
            guard let size = attributes?[.size] as? Int,
                attributes?[.type] as? FileAttributeType == .typeRegular
            else {
                found.problems.append("\(path): is no regular file: take it out")
                return
            }
            // What is no article is named by the reader, and need not be read for that.
            guard let kind = ArticleKind(path: path) else {
                return found.files.append(ArticleFile(path: path, bytes: []))
            }
            guard size <= kind.sizeLimit else {
                found.problems.append("\(path): is larger than \(kind.sizeLimit) bytes: split it")
                return
            }
            guard total + size <= totalLimit else {
                found.problems.append("\(path): all files together pass \(totalLimit) bytes: take some out")
                return
            }
            guard let data = FileManager.default.contents(atPath: url.path) else {
                found.problems.append("\(path): cannot be read: check its permissions")
                found.unknown.append(path)
                return
            }
            // It may have grown since.
            guard data.count <= kind.sizeLimit else {
                found.problems.append("\(path): is larger than \(kind.sizeLimit) bytes: split it")
                return
            }
            total += data.count
            found.files.append(ArticleFile(path: path, bytes: [UInt8](data)))
        }
    }
}
