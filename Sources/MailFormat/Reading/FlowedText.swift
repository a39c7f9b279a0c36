// format=flowed undone: soft line breaks joined again (RFC 3676 section 4).

enum FlowedText {
    /// Lines of one quote depth that end in a space go on in the next; `-- ` never flows; space-stuffing goes.
    static func unflowed(_ text: [UInt8], deletesSpace: Bool) -> [UInt8] {
        text.withUnsafeBytes { bytes in
            var output: [UInt8] = []
            output.reserveCapacity(bytes.count)
            var position = 0
            var openDepth: Int?
            while position < bytes.count {
                let line = bytes.lineEnd(from: position)
                var start = position
                while start < line.end, bytes[start] == 62 { start += 1 }
                let depth = start - position
                if start < line.end, bytes[start] == 32 { start += 1 }
                let isSignature = line.end - start == 3 && bytes.begins(at: start, with: "-- ")
                if let open = openDepth {
                    if open != depth || isSignature {
                        output.append(10)
                        openDepth = nil
                    }
                }
                if openDepth == nil {
                    for _ in 0..<depth { output.append(62) }
                    if depth > 0 { output.append(32) }
                }
                let flows = !isSignature && line.end > start && bytes[line.end - 1] == 32
                output.append(contentsOf: bytes[start..<(flows && deletesSpace ? line.end - 1 : line.end)])
                openDepth = flows ? depth : nil
                if !flows, line.next <= bytes.count, line.next > line.end { output.append(10) }
                position = line.next
            }
            return output
        }
    }
}
