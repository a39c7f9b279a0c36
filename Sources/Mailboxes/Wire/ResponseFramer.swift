// Cuts a server's byte stream into whole responses, literals included (RFC 9051 section 2.2.2, 4.3).

import Glibc

/// What came is not IMAP, or is larger than any of it needs to be.
struct IMAPViolation: Error, Equatable {
    let words: String
}

/// A response as text and literals in turn. It begins and ends with text; the line ends are gone.
struct ResponseFrame: Equatable {
    enum Piece: Equatable {
        case text([UInt8])
        case literal([UInt8])
    }
    var pieces: [Piece]
}

/// Fed with bytes in any slicing; the frames that come out are the same.
struct ResponseFramer {
    /// A larger literal is a violation when it is announced, before any of it is kept.
    private let literalLimit: Int
    private var pieces: [ResponseFrame.Piece] = []
    private var line: [UInt8] = []
    private var literal: [UInt8] = []
    private var literalLeft = 0

    init(literalLimit: Int) {
        self.literalLimit = literalLimit
    }

    mutating func feed(_ bytes: [UInt8]) throws(IMAPViolation) -> [ResponseFrame] {
        var frames: [ResponseFrame] = []
        var index = 0
        while index < bytes.count {
            if literalLeft > 0 {
                let count = min(literalLeft, bytes.count - index)
                literal += bytes[index..<(index + count)]
                literalLeft -= count
                index += count
                if literalLeft == 0 { endLiteral() }
                continue
            }
            let end = Self.lineEnd(in: bytes, from: index)
            let stop = end ?? bytes.count
            guard line.count + stop - index <= MailboxLimits.lineLength else {
                throw IMAPViolation(words: "a line longer than \(MailboxLimits.lineLength) bytes")
            }
            line += bytes[index..<stop]
            index = stop
            if end != nil {
                index += 1
                if let frame = try endLine() { frames.append(frame) }
            }
        }
        return frames
    }

    private static func lineEnd(in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let hit = memchr(base + start, 10, bytes.count - start) else {
                return nil
            }
            return UnsafeRawPointer(hit) - base
        }
    }

    private mutating func endLiteral() {
        pieces.append(.literal(literal))
        literal = []
    }

    private mutating func endLine() throws(IMAPViolation) -> ResponseFrame? {
        if line.last == 13 { line.removeLast() }
        let announced = mayAnnounceLiteral ? Self.announcedLiteral(&line) : nil
        pieces.append(.text(line))
        line.removeAll(keepingCapacity: true)
        guard let announced else {
            defer { pieces = [] }
            return ResponseFrame(pieces: pieces)
        }
        guard announced <= literalLimit else {
            throw IMAPViolation(words: "a literal of \(announced) bytes where \(literalLimit) is the most")
        }
        guard pieces.count < 2 * MailboxLimits.literalsPerResponse else {
            throw IMAPViolation(words: "a response of more than \(MailboxLimits.literalsPerResponse) literals")
        }
        literal = []
        literal.reserveCapacity(announced)
        literalLeft = announced
        if announced == 0 { endLiteral() }
        return nil
    }

    /// Texts for people may end in `{5}` and mean nothing by it: tagged lines, `+`, and untagged status responses.
    private var mayAnnounceLiteral: Bool {
        if !pieces.isEmpty { return true }
        guard line.count > 2, line[0] == 42, line[1] == 32 else { return false }
        let word = line[2...].prefix { $0 != 32 }.prefix(8)
        return !["OK", "NO", "BAD", "BYE", "PREAUTH"].contains(String(decoding: word, as: UTF8.self).uppercased())
    }

    /// Takes `{n}`, `{n+}` or `~{n}` off the end of the line. A count with more digits than any limit is a violation.
    private static func announcedLiteral(_ line: inout [UInt8]) -> Int? {
        guard line.last == 125 else { return nil }
        var index = line.count - 2
        if index >= 0, line[index] == 43 { index -= 1 }
        var value = 0
        var scale = 1
        var digits = 0
        while index >= 0, (48...57).contains(line[index]) {
            digits += 1
            if digits <= 15 {
                value += Int(line[index] - 48) * scale
                scale *= 10
            } else {
                value = .max
            }
            index -= 1
        }
        guard digits > 0, index >= 0, line[index] == 123 else { return nil }
        line.removeLast(line.count - index)
        if line.last == 126 { line.removeLast() }
        return value
    }
}
