// Hosts without a scheme, as mail programs find them in running text: at the beginning of a word and beside any mark.

/// By scalars throughout: a joiner or a mark that combines with a dot must not hide it.
enum ReplyHosts {
    /// Whether `text` begins with a host that ends with it, or before its path, query, fragment or port.
    static func opens(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        let end = scalars.firstIndex { "/?#:".unicodeScalars.contains($0) } ?? scalars.count
        return isHost(scalars[..<end])
    }

    /// Every host in `text` with what follows it. `word.word` between marks is one where its end could be a top-level
    /// domain; a scheme's colon, a dash, an arrow, a comma or a slash part it from what stands before.
    static func all(in text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var hosts: [String] = []
        var index = 0
        while index < scalars.count {
            guard belongs(scalars[index]) else {
                index += 1
                continue
            }
            let start = index
            index = end(ofLabelsFrom: start, in: scalars)
            guard isHost(scalars[start..<index]) else { continue }
            index = end(ofTailFrom: index, in: scalars)
            hosts.append(written(scalars[start..<index]))
        }
        return hosts
    }

    /// Labels with one dot between them; a dot at the end is left.
    private static func end(ofLabelsFrom start: Int, in scalars: [Unicode.Scalar]) -> Int {
        var index = start
        while index < scalars.count {
            if isDot(scalars[index]) {
                guard index + 1 < scalars.count, belongs(scalars[index + 1]) else { return index }
            } else if !belongs(scalars[index]) {
                return index
            }
            index += 1
        }
        return index
    }

    /// Port, path, query and fragment, up to a mark that no address holds. `host./path` is `host/path` to the DNS.
    private static func end(ofTailFrom start: Int, in scalars: [Unicode.Scalar]) -> Int {
        var index = start
        if index + 1 < scalars.count, isDot(scalars[index]) { index += 1 }
        guard index < scalars.count, "/?#:".unicodeScalars.contains(scalars[index]) else { return start }
        while index < scalars.count, isOfTail(scalars[index]) { index += 1 }
        while index > start, ".,;:!?'()*_".unicodeScalars.contains(scalars[index - 1]) { index -= 1 }
        return index
    }

    /// `word.word`, the last of letters only: a host. Abbreviations with one letter before or behind the dot, and
    /// sentences that lost their space, are let pass only when the part behind is no plausible top-level domain.
    private static func isHost(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        var inside = scalars
        while let last = inside.last, last == "-" || last == "_" { inside.removeLast() }
        while let first = inside.first, first == "-" || first == "_" { inside.removeFirst() }
        let labels = inside.split(omittingEmptySubsequences: false, whereSeparator: isDot)
        if labels.count == 4, labels.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy(isDigit) }) {
            return true
        }
        guard labels.count >= 2, let last = labels.last, last.count >= 2 else { return false }
        guard labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(belongs) }) else { return false }
        guard last.allSatisfy(isOfLetter) || written(last.prefix(4)).lowercased() == "xn--" else { return false }
        // Japanese and Chinese sentences end with their full stop; only Latin letters around it make a host.
        guard last.allSatisfy({ $0.value < 0x2E80 || !$0.properties.isAlphabetic }) else { return false }
        // z.B., e.g., d.h.: single letters are no host.
        return !labels.allSatisfy { $0.count == 1 }
    }

    private static func written(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    // MARK: Scalars

    /// Full stops of other scripts count as dots in hosts (UTS #46).
    private static func isDot(_ scalar: Unicode.Scalar) -> Bool { ".。．｡․﹒".unicodeScalars.contains(scalar) }

    private static func belongs(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "-" || scalar == "_" || isDigit(scalar) || isOfLetter(scalar)
    }

    /// Letters, and what is written upon and between them: joiners and emoji's marks, which a host drops.
    private static func isOfLetter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .format: return true
        default: return scalar.properties.isAlphabetic
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    private static func isOfTail(_ scalar: Unicode.Scalar) -> Bool {
        belongs(scalar) || "./?#:[]@!$&'()*+,;=%~".unicodeScalars.contains(scalar)
    }
}
