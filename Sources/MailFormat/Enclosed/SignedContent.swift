// What an opaquely signed mail says: the content within a CMS SignedData (RFC 5652 section 5), and the mail made of it.

/// The signature is not checked: the content is believed as little, or as much, as the mail around it.
enum SignedContent {
    /// Signed mails within signed mails that are opened.
    static let layers = 3

    static func isType(_ type: String) -> Bool {
        type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime"
    }

    /// The mail with its signed content in place of its body: the same header, but for the fields that describe a body.
    /// nil where the mail is not signed so, or cannot be read.
    static func opened(_ mail: UnsafeRawBufferPointer, _ headers: HeaderBlock, _ root: Part) -> [UInt8]? {
        guard isType(root.content.value), headers.bodyStart > 0 else { return nil }
        var decoded = root.encoding.decode(UnsafeRawBufferPointer(rebasing: mail[root.body]))
        guard let content = decoded.withUnsafeBytes({ BERReader(bytes: $0).signedContent() }) else { return nil }
        decoded = []
        var output: [UInt8] = []
        output.reserveCapacity(headers.bodyStart + content.count + 2)
        copyFields(of: UnsafeRawBufferPointer(rebasing: mail[..<headers.bodyStart]), to: &output) { !$0 }
        content.withUnsafeBytes { raw in
            let inner = HeaderBlock.part(of: raw, from: 0, to: raw.count)
            copyFields(of: UnsafeRawBufferPointer(rebasing: raw[..<inner.bodyStart]), to: &output) { $0 }
            output.append(10)
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[inner.bodyStart...]))
        }
        return output
    }

    /// The lines of a header as they are, of the fields that describe a body (`Content-…`) or of the others.
    private static func copyFields(
        of header: UnsafeRawBufferPointer, to output: inout [UInt8], where isWanted: (_ describesBody: Bool) -> Bool
    ) {
        var position = 0
        var describesBody = false
        while position < header.count {
            let line = header.lineEnd(from: position)
            if line.end > position {
                if header[position] != 32, header[position] != 9 {
                    describesBody =
                        LowerCase.of(Array(header[position..<min(line.end, position + 8)])[...]) == Self.describing
                }
                if isWanted(describesBody) {
                    output.append(contentsOf: UnsafeRawBufferPointer(rebasing: header[position..<line.end]))
                    output.append(10)
                }
            }
            position = line.next
        }
    }

    private static let describing = Array("content-".utf8)
}

/// Just enough of BER (X.690) to walk to one content, with lengths that are told and lengths that are not.
struct BERReader {
    let bytes: UnsafeRawBufferPointer

    private struct Element {
        let tag: UInt8
        let start: Int
        /// nil where the end is marked by two zeros.
        let end: Int?
    }

    private static let signedData: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]
    private static let data: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]

    /// ContentInfo, SignedData, EncapsulatedContentInfo, the OCTET STRING.
    func signedContent() -> [UInt8]? {
        var position = 0
        guard enter(0x30, &position), object(&position) == Self.signedData, enter(0xA0, &position),
            enter(0x30, &position), skip(&position), skip(&position), enter(0x30, &position),
            object(&position) == Self.data, enter(0xA0, &position)
        else { return nil }
        return octets(position)
    }

    private func element(at position: Int) -> Element? {
        guard position + 1 < bytes.count, bytes[position] & 0x1F != 0x1F else { return nil }
        let first = bytes[position + 1]
        if first < 0x80 {
            let end = position + 2 + Int(first)
            return end <= bytes.count ? Element(tag: bytes[position], start: position + 2, end: end) : nil
        }
        let count = Int(first & 0x7F)
        let start = position + 2 + count
        guard count <= 4, start <= bytes.count else { return nil }
        if count == 0 { return Element(tag: bytes[position], start: start, end: nil) }
        let length = bytes[(position + 2)..<start].reduce(0) { $0 << 8 | Int($1) }
        // A mail that was cut off has what it has.
        return Element(tag: bytes[position], start: start, end: min(start + length, bytes.count))
    }

    private func enter(_ tag: UInt8, _ position: inout Int) -> Bool {
        guard let element = element(at: position), element.tag == tag else { return false }
        position = element.start
        return true
    }

    private func object(_ position: inout Int) -> [UInt8]? {
        guard let element = element(at: position), element.tag == 0x06, let end = element.end else { return nil }
        position = end
        return Array(bytes[element.start..<end])
    }

    /// Past one element and all in it.
    private func skip(_ position: inout Int) -> Bool {
        var open = 0
        repeat {
            guard let element = element(at: position) else { return false }
            if element.tag == 0, element.end == element.start {
                open -= 1
                position = element.start
            } else if let end = element.end {
                position = end
            } else {
                open += 1
                position = element.start
            }
        } while open > 0
        return open == 0
    }

    /// One string, or one in pieces, which may be in pieces themselves.
    private func octets(_ start: Int) -> [UInt8]? {
        guard let whole = element(at: start), whole.tag == 0x04 || whole.tag == 0x24 else { return nil }
        var output: [UInt8] = []
        var position = start
        var hasAll = false
        while !hasAll, position < bytes.count, let piece = element(at: position) {
            switch (piece.tag, piece.end) {
            case (0x04, .some(let end)):
                output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[piece.start..<end]))
                position = end
            case (0x24, _): position = piece.start
            default: hasAll = true
            }
            if whole.tag == 0x04 || position >= whole.end ?? Int.max { hasAll = true }
        }
        return output.isEmpty ? nil : output
    }
}
