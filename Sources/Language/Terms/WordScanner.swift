// Splits a folded text into words, and runs of characters that are written without spaces.

enum WordScanner {
    enum Piece: Equatable {
        case word(String)
        case run([Unicode.Scalar])
    }

    /// A longer word is cut: nobody asks for its end, and a megabyte without a space must not become one term.
    static let wordLimit = 64

    static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var word = String.UnicodeScalarView()
        var wordLength = 0
        var run: [Unicode.Scalar] = []
        func endWord() {
            guard wordLength > 0 else { return }
            pieces.append(.word(String(word)))
            word = String.UnicodeScalarView()
            wordLength = 0
        }
        func endRun() {
            guard !run.isEmpty else { return }
            pieces.append(.run(run))
            run.removeAll()
        }
        for scalar in text.unicodeScalars {
            switch kind(of: scalar) {
            case .letter:
                endRun()
                if wordLength < wordLimit { word.append(scalar) }
                wordLength += 1
            case .unspaced:
                endWord()
                run.append(scalar)
            case .nothing:
                continue
            case .gap:
                endWord()
                endRun()
            }
        }
        endWord()
        endRun()
        return pieces
    }

    private enum Kind { case letter, unspaced, gap, nothing }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        if scalar.isASCII {
            let value = scalar.value
            return (0x61...0x7A).contains(value) || (0x30...0x39).contains(value) || (0x41...0x5A).contains(value)
                ? .letter : .gap
        }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter, .decimalNumber,
            .letterNumber, .nonspacingMark, .spacingMark:
            return Script.of(scalar).hasNoSpaces ? .unspaced : .letter
        case .format: return .nothing
        default: return .gap
        }
    }
}
