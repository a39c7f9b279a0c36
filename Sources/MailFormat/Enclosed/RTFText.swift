// RTF read for its words, or for the HTML that was packed into it (MS-OXRTFEX).

/// One pass, nothing recurses. Where the RTF says `\fromhtml`, what stands in its `htmltag` groups and between them is the
/// HTML that the sender's program wrote; otherwise paragraphs and tabs make a text.
struct RTFText {
    enum Words: Equatable {
        case html([UInt8])
        case text([UInt8])
    }

    /// UTF-8.
    static func words(of rtf: [UInt8]) -> Words {
        var reader = RTFText()
        rtf.withUnsafeBytes { reader.read($0) }
        reader.flush()
        return reader.isHTML ? .html(reader.output) : .text(reader.output)
    }

    /// What a brace opens and the next one gives back.
    private struct Group {
        var isSkipped = false
        var isTag = false
        /// `\htmlrtf`: for readers of RTF alone.
        var isHidden = false
        var isFonts = false
        /// Letters that stand behind a `\u` for older readers.
        var fallback = 1
        var codePage: Int
    }

    private static let depthLimit = 256

    private var output: [UInt8] = []
    /// In the code page of the group.
    private var pending: [UInt8] = []
    private var isHTML = false
    private var codePage = 1252
    private var fonts: [Int: Int] = [:]
    private var font = 0
    private var group = Group(codePage: 1252)
    private var outer: [Group] = []
    private var tooDeep = 0
    private var isDestination = false
    private var toSkip = 0
    private var surrogate: UInt32?

    private mutating func read(_ raw: UnsafeRawBufferPointer) {
        var index = 0
        while index < raw.count, output.count + pending.count < MailLimits.rtf {
            let byte = raw[index]
            index += 1
            switch byte {
            case 0x7B: open()
            case 0x7D: close()
            case 10, 13: break
            case 0x5C: control(raw, &index)
            default: add(byte)
            }
        }
    }

    private mutating func open() {
        isDestination = false
        guard outer.count < Self.depthLimit else {
            tooDeep += 1
            return
        }
        outer.append(group)
    }

    private mutating func close() {
        toSkip = 0
        if tooDeep > 0 {
            tooDeep -= 1
        } else if let last = outer.popLast() {
            if last.codePage != group.codePage { flush() }
            group = last
        }
    }

    // MARK: Control words

    private mutating func control(_ raw: UnsafeRawBufferPointer, _ index: inout Int) {
        guard index < raw.count else { return }
        let first = raw[index]
        guard Self.isLetter(first) else {
            index += 1
            switch first {
            case 0x27:
                let value = raw[index..<min(index + 2, raw.count)].reduce(0) { $0 << 4 | (Self.hex($1) ?? 0) }
                index = min(index + 2, raw.count)
                add(UInt8(truncatingIfNeeded: value))
            case 0x2A: isDestination = true
            case 0x7E: addCharacter(0xA0)
            case 0x5F: addCharacter(0x2011)
            case 0x5C, 0x7B, 0x7D: add(first)
            case 10, 13: word("par", nil, raw, &index)
            default: break
            }
            return
        }
        let start = index
        while index < raw.count, index - start < 32, Self.isLetter(raw[index]) { index += 1 }
        let name = String(decoding: raw[start..<index], as: UTF8.self)
        let sign = index < raw.count && raw[index] == 0x2D
        if sign { index += 1 }
        var number: Int?
        while index < raw.count, (48...57).contains(raw[index]) {
            number = min((number ?? 0) * 10 + Int(raw[index] - 48), 1 << 31)
            index += 1
        }
        if index < raw.count, raw[index] == 32 { index += 1 }
        word(name, number.map { sign ? -$0 : $0 }, raw, &index)
    }

    private mutating func word(_ name: String, _ number: Int?, _ raw: UnsafeRawBufferPointer, _ index: inout Int) {
        let opensDestination = isDestination
        isDestination = false
        switch name {
        case "fromhtml": isHTML = number != 0
        case "ansicpg":
            codePage = number ?? 1252
            group.codePage = codePage
        case "htmltag": group.isTag = isHTML
        case "htmlrtf": group.isHidden = number != 0
        case "fonttbl":
            group.isFonts = true
            group.isSkipped = true
        case "f":
            font = number ?? 0
            if !group.isFonts { setCodePage(fonts[font] ?? codePage) }
        case "fcharset": if group.isFonts, fonts.count < 1000 { fonts[font] = number.flatMap(CodePage.ofFont) }
        case "plain": setCodePage(codePage)
        case "uc": group.fallback = min(max(number ?? 1, 0), 16)
        case "u":
            toSkip = group.fallback
            unicode(number ?? 0xFFFD)
        case "bin": index = min(raw.count, index + max(0, number ?? 0))
        case "par", "line", "row", "sect", "page": addCharacter(10)
        case "tab", "cell": addCharacter(9)
        case "lquote": addCharacter(0x2018)
        case "rquote": addCharacter(0x2019)
        case "ldblquote": addCharacter(0x201C)
        case "rdblquote": addCharacter(0x201D)
        case "bullet": addCharacter(0x2022)
        case "endash": addCharacter(0x2013)
        case "emdash": addCharacter(0x2014)
        default: if opensDestination || Self.silent.contains(name) { group.isSkipped = true }
        }
    }

    /// Destinations that hold no words.
    private static let silent: Set<String> = [
        "colortbl", "stylesheet", "info", "pict", "object", "objdata", "themedata", "header", "footer", "headerl",
        "headerr", "footerl", "footerr", "listtable", "listoverridetable", "generator", "xmlnstbl", "fldinst",
        "mhtmltag", "pntext", "filetbl", "revtbl", "datastore", "latentstyles",
    ]

    private mutating func setCodePage(_ number: Int) {
        guard number != group.codePage else { return }
        flush()
        group.codePage = number
    }

    // MARK: Words

    private var isSilent: Bool { group.isSkipped || tooDeep > 0 || (isHTML && group.isHidden && !group.isTag) }

    private mutating func add(_ byte: UInt8) {
        isDestination = false
        if toSkip > 0 {
            toSkip -= 1
            return
        }
        if !isSilent { pending.append(byte) }
    }

    private mutating func addCharacter(_ scalar: UInt32) {
        toSkip = 0
        guard !isSilent else { return }
        flush()
        // A `\par` in a tag is a line break of the source.
        output.append(
            contentsOf: Unicode.Scalar(scalar).flatMap { UTF8.encode($0) } ?? UTF8.encodedReplacementCharacter)
    }

    /// `\u` counts in 16 bits with a sign, and in halves beyond the first plane.
    private mutating func unicode(_ number: Int) {
        let unit = UInt32(truncatingIfNeeded: number) & 0xFFFF
        let skip = toSkip
        defer { toSkip = skip }
        if (0xD800..<0xDC00).contains(unit) {
            surrogate = unit
            return
        }
        if let high = surrogate, (0xDC00..<0xE000).contains(unit) {
            addCharacter(0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00))
        } else {
            addCharacter(unit)
        }
        surrogate = nil
    }

    private mutating func flush() {
        guard !pending.isEmpty else { return }
        output += Charset.utf8(pending, declared: CodePage.charset(group.codePage))
        pending.removeAll(keepingCapacity: true)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 }

    private static func hex(_ byte: UInt8) -> Int? {
        switch byte {
        case 48...57: Int(byte) - 48
        case 65...70: Int(byte) - 55
        case 97...102: Int(byte) - 87
        default: nil
        }
    }
}
