// Content-Transfer-Encoding undone, tolerantly (RFC 2045 section 6): what is no valid code is passed over.

enum TransferEncoding: Equatable {
    case identity, base64, quotedPrintable, uuencode

    /// Takes the keyword alone, in lower case.
    init(named name: String) {
        switch name {
        case "base64": self = .base64
        case "quoted-printable", "quotedprintable": self = .quotedPrintable
        case "x-uuencode", "uuencode", "x-uue": self = .uuencode
        default: self = .identity
        }
    }

    func decode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        switch self {
        case .identity: Array(bytes)
        case .base64: Self.base64(bytes)
        case .quotedPrintable: Self.quotedPrintable(bytes)
        case .uuencode: Self.uuencoded(bytes)
        }
    }

    /// How long `decode` would be, without the memory.
    func decodedSize(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch self {
        case .identity: bytes.count
        case .base64: Self.base64Size(bytes)
        case .quotedPrintable, .uuencode: decode(bytes).count
        }
    }

    // MARK: base64

    /// 0 to 63, 64 for `=`, 255 for what is passed over.
    private static let sextets: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, byte) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            table[Int(byte)] = UInt8(value)
        }
        table[Int(UInt8(ascii: "="))] = 64
        return table
    }()

    /// Padding ends a group, and what follows begins anew: joined base64 texts stay whole.
    private static func base64(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        sextets.withUnsafeBufferPointer { table in
            [UInt8](unsafeUninitializedCapacity: bytes.count / 4 * 3 + 3) { output, count in
                var held: UInt32 = 0
                var sextets = 0
                for byte in bytes {
                    let value = table[Int(byte)]
                    if value < 64 {
                        held = held << 6 | UInt32(value)
                        sextets += 1
                        if sextets == 4 {
                            output[count] = UInt8(truncatingIfNeeded: held >> 16)
                            output[count + 1] = UInt8(truncatingIfNeeded: held >> 8)
                            output[count + 2] = UInt8(truncatingIfNeeded: held)
                            count += 3
                            sextets = 0
                            held = 0
                        }
                    } else if value == 64 {
                        flush(held, sextets, output, &count)
                        sextets = 0
                        held = 0
                    }
                }
                flush(held, sextets, output, &count)
            }
        }
    }

    private static func flush(
        _ held: UInt32, _ sextets: Int, _ output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) {
        guard sextets >= 2 else { return }
        output[count] = UInt8(truncatingIfNeeded: held >> UInt32(sextets * 6 - 8))
        count += 1
        guard sextets == 3 else { return }
        output[count] = UInt8(truncatingIfNeeded: held >> 2)
        count += 1
    }

    private static func base64Size(_ bytes: UnsafeRawBufferPointer) -> Int {
        sextets.withUnsafeBufferPointer { table in
            var size = 0
            var run = 0
            for byte in bytes {
                let value = table[Int(byte)]
                if value < 64 {
                    run += 1
                } else if value == 64 {
                    size += run / 4 * 3 + max(0, run % 4 - 1)
                    run = 0
                }
            }
            return size + run / 4 * 3 + max(0, run % 4 - 1)
        }
    }

    // MARK: quoted-printable

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    private static func quotedPrintable(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
            var index = 0
            let end = bytes.count
            while index < end {
                let byte = bytes[index]
                index += 1
                guard byte == 61 else {
                    output[count] = byte
                    count += 1
                    continue
                }
                if index + 1 < end, let high = hex(bytes[index]), let low = hex(bytes[index + 1]) {
                    output[count] = high << 4 | low
                    count += 1
                    index += 2
                    continue
                }
                // A soft line break, with blanks that were added on the way.
                var after = index
                while after < end, after - index < 80, bytes[after] == 32 || bytes[after] == 9 { after += 1 }
                if after >= end {
                    index = after
                } else if bytes[after] == 10 {
                    index = after + 1
                } else if bytes[after] == 13, after + 1 < end, bytes[after + 1] == 10 {
                    index = after + 2
                } else {
                    output[count] = byte
                    count += 1
                }
            }
        }
    }

    // MARK: uuencode

    private static func uuencoded(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var output: [UInt8] = []
        var isInside = false
        var position = 0
        while position < bytes.count {
            let line = bytes.lineEnd(from: position)
            defer { position = line.next }
            guard isInside else {
                isInside = bytes.begins(at: position, with: "begin ")
                continue
            }
            if bytes.begins(at: position, with: "end") { break }
            guard line.end > position else { continue }
            let length = Int((bytes[position] &- 32) & 63)
            var group: [UInt8] = []
            for index in (position + 1)..<line.end where group.count < length {
                let offset = (index - position - 1) % 4
                let value = (bytes[index] &- 32) & 63
                let next = index + 1 < line.end ? (bytes[index + 1] &- 32) & 63 : 0
                switch offset {
                case 0: group.append(value << 2 | next >> 4)
                case 1: group.append(value << 4 | next >> 2)
                case 2: group.append(value << 6 | next)
                default: break
                }
            }
            // Blanks at the end of a line are zeros, and may have been lost.
            while group.count < length { group.append(0) }
            output += group.prefix(length)
        }
        return output
    }
}
