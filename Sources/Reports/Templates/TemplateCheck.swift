// Checks a template's names against a full sample: the template library renders what it does not know as nothing.

import Correspondence

/// A sample is a value as a page is given it, with every name present, every list with one item at least.
struct TemplateCheck {
    let tags: [String: [TemplateTag]]
    let shelf: TemplateShelf
    /// Partials within partials, at most.
    static let depthLimit = 16

    init(shelf: TemplateShelf) throws(TemplateError) {
        var tags: [String: [TemplateTag]] = [:]
        for file in shelf.files.values.sorted(by: { $0.name < $1.name }) where file.isTemplate {
            tags[file.key] = try TemplateTag.all(in: file)
        }
        self.tags = tags
        self.shelf = shelf
    }

    /// Throws when the template `key`, or a partial it uses, names what `sample` has not.
    func check(_ key: String, with sample: [String: Any]) throws(TemplateError) {
        try walk(key, stack: [sample], depth: 0)
    }

    /// The partials that exist, for templates that no page reaches.
    func checkPartials() throws(TemplateError) {
        for (key, tags) in tags.sorted(by: { $0.key < $1.key }) {
            for tag in tags where tag.kind == .partial || tag.kind == .parent { try exists(tag, in: key) }
        }
    }

    private func walk(_ key: String, stack: [Any], depth: Int) throws(TemplateError) {
        guard depth <= Self.depthLimit else {
            throw TemplateError(.syntax, detail: "\(place(key)): partials use each other without end")
        }
        var stack = stack
        var open: [(name: String, pushed: Bool)] = []
        for tag in tags[key] ?? [] {
            switch tag.kind {
            case .variable:
                _ = try value(tag, in: key, stack: stack)
            case .unescaped:
                _ = try value(tag, in: key, stack: stack)
                if shelf["\(key).mustache"]?.isText != true, !tag.name.hasSuffix("HTML") {
                    throw TemplateError(
                        .syntax,
                        detail: "\(place(key)):\(tag.line): \"\(tag.name)\" must be escaped: write {{\(tag.name)}}")
                }
            case .section:
                let value = try value(tag, in: key, stack: stack)
                if let list = value as? [Any], let first = list.first {
                    stack.append(first)
                    open.append((tag.name, true))
                } else if value is Bool {
                    open.append((tag.name, false))
                } else {
                    stack.append(value)
                    open.append((tag.name, true))
                }
            case .inverted:
                _ = try value(tag, in: key, stack: stack)
                open.append((tag.name, false))
            case .block:
                open.append((tag.name, false))
            case .parent:
                try exists(tag, in: key)
                try walk(tag.name, stack: stack, depth: depth + 1)
                open.append((tag.name, false))
            case .partial:
                try exists(tag, in: key)
                try walk(tag.name, stack: stack, depth: depth + 1)
            case .end:
                guard let last = open.popLast(), last.name == tag.name else {
                    throw TemplateError(
                        .syntax, detail: "\(place(key)):\(tag.line): {{/\(tag.name)}} closes what is not open here")
                }
                if last.pushed { stack.removeLast() }
            }
        }
        if let left = open.last {
            throw TemplateError(.syntax, detail: "\(place(key)): {{#\(left.name)}} is never closed")
        }
    }

    private func exists(_ tag: TemplateTag, in key: String) throws(TemplateError) {
        guard tags[tag.name] == nil else { return }
        let hint = NearestName.of(tag.name, among: tags.keys).map { "; the nearest is \"\($0)\"" } ?? ""
        throw TemplateError(
            .unknownName, detail: "\(place(key)):\(tag.line): there is no template \"\(tag.name)\"\(hint)")
    }

    /// As the library looks names up: the innermost value that has the first part, then down the parts.
    private func value(_ tag: TemplateTag, in key: String, stack: [Any]) throws(TemplateError) -> Any {
        var name = tag.name
        if let opening = name.lastIndex(of: "("), let closing = name.firstIndex(of: ")"), opening < closing {
            name = String(name[name.index(after: opening)..<closing])
            if name.isEmpty { return true }
        }
        guard name != "." else { return stack.last ?? true }
        let parts = name.split(separator: ".").map(String.init)
        let reach = name.hasPrefix(".") ? stack.suffix(1) : stack[...]
        if let first = parts.first {
            for level in reach.reversed() {
                guard let fields = level as? [String: Any], let found = fields[first] else { continue }
                var current = found
                for part in parts.dropFirst() {
                    guard let next = (current as? [String: Any])?[part] else {
                        throw unknown(tag, name, key, names: (current as? [String: Any]).map { Array($0.keys) } ?? [])
                    }
                    current = next
                }
                return current
            }
        }
        throw unknown(tag, name, key, names: reach.flatMap { ($0 as? [String: Any]).map { Array($0.keys) } ?? [] })
    }

    private func unknown(_ tag: TemplateTag, _ name: String, _ key: String, names: [String]) -> TemplateError {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        let hint = NearestName.of(last, among: names).map { "; the nearest is \"\($0)\"" } ?? ""
        return TemplateError(
            .unknownName, detail: "\(place(key)):\(tag.line): there is no \"\(name)\" to be shown here\(hint)")
    }

    private func place(_ key: String) -> String { shelf["\(key).mustache"]?.place ?? key }
}
