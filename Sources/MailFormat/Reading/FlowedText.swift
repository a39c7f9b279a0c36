// format=flowed undone: soft line breaks joined again (RFC 3676 section 4).

enum FlowedText {
    /// Lines of one quote depth that end in a space go on in the next; `-- ` never flows; space-stuffing goes, and where
    /// it stood before a `>` that is none of a quote is told.
    static func unflowed(_ text: [UInt8], deletesSpace: Bool) -> MarkedText {
        text.withUnsafeBytes { bytes in
            var output = MarkedText(marksQuotes: true)
            output.bytes.reserveCapacity(bytes.count)
            var position = 0
            var openDepth: Int?
            while position < bytes.count {
                let line = bytes.lineEnd(from: position)
                var start = position
                while start < line.end, bytes[start] == 62 { start += 1 }
                let depth = start - position
                let isStuffed = start < line.end && bytes[start] == 32
                if isStuffed { start += 1 }
                let isSignature = line.end - start == 3 && bytes.begins(at: start, with: "-- ")
                if let open = openDepth {
                    if open != depth || isSignature {
                        output.bytes.append(10)
                        openDepth = nil
                    }
                }
                if openDepth == nil {
                    if depth == 0, isStuffed, start < line.end, bytes[start] == 62 {
                        output.ownMarks.append(output.bytes.count)
                    }
                    for _ in 0..<depth { output.bytes.append(62) }
                    if depth > 0 { output.bytes.append(32) }
                }
                let flows = !isSignature && line.end > start && bytes[line.end - 1] == 32
                output.bytes.append(contentsOf: bytes[start..<(flows && deletesSpace ? line.end - 1 : line.end)])
                openDepth = flows ? depth : nil
                if !flows, line.next <= bytes.count, line.next > line.end { output.bytes.append(10) }
                position = line.next
            }
            return output
        }
    }
}
