// One Authentication-Results header, parsed (RFC 8601 section 2.2).

struct AuthenticationResults: Equatable {
    struct Result: Equatable {
        /// Lower case: `dkim`, `spf`, `dmarc`.
        var method: String
        /// Lower case: `pass`, `fail`, `none`.
        var value: String
        /// `header.d` to `example.com`, names in lower case.
        var properties: [String: String] = [:]
    }

    /// Lower case; empty where the provider leaves it out.
    var server: String
    var results: [Result]

    /// nil when the value cannot be one: an unclosed quote or comment decides nothing.
    init?(_ raw: [UInt8]) {
        guard raw.count <= MailLimits.header, let clauses = Self.clauses(raw) else { return nil }
        var server = ""
        var results: [Result] = []
        for (index, tokens) in clauses.enumerated() {
            guard let first = tokens.first else { continue }
            if index == 0, !first.contains("=") {
                server = first.lowercased()
                continue
            }
            guard tokens.count > 1 || first.contains("=") else { continue }
            if let result = Self.result(tokens) { results.append(result) }
        }
        self.server = server
        self.results = results
    }

    /// `method[/version]=value`, `reason=…` and `ptype.property=value`.
    private static func result(_ tokens: [String]) -> Result? {
        guard let (method, value) = split(tokens[0]) else { return nil }
        let name = method.split(separator: "/").first.map(String.init) ?? method
        var result = Result(method: name.lowercased(), value: value.lowercased())
        for token in tokens.dropFirst() {
            guard let (property, value) = split(token) else { continue }
            let key = property.lowercased()
            if key.contains("."), result.properties[key] == nil { result.properties[key] = value }
        }
        return result
    }

    private static func split(_ token: String) -> (String, String)? {
        guard let equals = token.firstIndex(of: "=") else { return nil }
        let name = String(token[..<equals])
        let value = String(token[token.index(after: equals)...])
        return name.isEmpty || value.isEmpty ? nil : (name, value)
    }

    /// Clauses between semicolons as words; comments gone, quoted strings unquoted, blanks around `=` and `.` dropped.
    private static func clauses(_ raw: [UInt8]) -> [[String]]? {
        var clauses: [[String]] = [[]]
        var word: [UInt8] = []
        var hasWord = false
        var joins = false
        var depth = 0
        var index = 0

        func end() {
            guard hasWord else { return }
            clauses[clauses.count - 1].append(String(decoding: word, as: UTF8.self))
            word = []
            hasWord = false
        }

        while index < raw.count {
            let byte = raw[index]
            index += 1
            if depth > 0 {
                if byte == 92 { index += 1 } else if byte == 40 { depth += 1 } else if byte == 41 { depth -= 1 }
                continue
            }
            switch byte {
            case 40: depth = 1
            case 34:
                if hasWord, !joins { end() }
                var isClosed = false
                while index < raw.count {
                    let inner = raw[index]
                    index += 1
                    if inner == 34 {
                        isClosed = true
                        break
                    }
                    if inner == 92, index < raw.count {
                        // A separator within a quoted string is only a letter; none of ours may come out of one.
                        word.append(raw[index])
                        index += 1
                    } else {
                        word.append(inner)
                    }
                }
                guard isClosed else { return nil }
                hasWord = true
                joins = false
            case 59:
                end()
                joins = false
                clauses.append([])
            case 9, 32:
                // `dkim = pass` is one word: look past the blanks.
                var after = index
                while after < raw.count, raw[after] == 32 || raw[after] == 9 { after += 1 }
                if after < raw.count, raw[after] == 61, hasWord { index = after } else if !joins { end() }
            case 61:
                word.append(byte)
                hasWord = true
                joins = true
            default:
                word.append(byte)
                hasWord = true
                joins = false
            }
        }
        guard depth == 0 else { return nil }
        end()
        return clauses
    }
}
