// Which addresses may stand in cleaned HTML and in text made of it.

enum SafeLink {
    static let lengthLimit = 4096

    /// A link that may be followed: http, https, mailto. Control characters and blanks, which browsers overlook, are
    /// taken out before the scheme is read.
    static func target(_ value: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let cleaned = cleaned(value) else { return nil }
        let start = LowerCase.of(cleaned.prefix(8))
        guard schemes.contains(where: { start.starts(with: $0) }) else { return nil }
        return cleaned
    }

    private static let schemes: [[UInt8]] = ["http://", "https://", "mailto:"].map { Array($0.utf8) }

    /// A part of the same mail (RFC 2392).
    static func partReference(_ value: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let cleaned = cleaned(value), LowerCase.of(cleaned.prefix(4)).elementsEqual("cid:".utf8) else {
            return nil
        }
        return cleaned
    }

    /// Without C0 and C1 controls, blanks and the no-break space (C2 80 to C2 A0).
    private static func cleaned(_ value: UnsafeRawBufferPointer) -> [UInt8]? {
        guard value.count <= lengthLimit else { return nil }
        return [UInt8](unsafeUninitializedCapacity: value.count) { output, count in
            var index = 0
            while index < value.count {
                let byte = value[index]
                index += 1
                if byte <= 0x20 || byte == 0x7F { continue }
                if byte == 0xC2, index < value.count, value[index] <= 0xA0 {
                    index += 1
                    continue
                }
                output[count] = byte
                count += 1
            }
        }
    }
}
