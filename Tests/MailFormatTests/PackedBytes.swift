// Bytes as Outlook and CMS lay them out, made by hand for tests.
import Foundation

enum PackedBytes {
    static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// A winmail.dat of these attributes.
    static func tnef(_ attributes: [UInt8]...) -> [UInt8] { little(0x223E_9F78, 4) + [1, 0] + attributes.joined() }

    static func attribute(_ level: UInt8, _ tag: Int, _ data: [UInt8]) -> [UInt8] {
        [level] + little(tag, 4) + little(data.count, 4) + data + little(data.reduce(0) { $0 + Int($1) }, 2)
    }

    /// The message's MAPI properties with one binary value.
    static func property(_ id: Int, _ data: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (4 - data.count % 4) % 4)
        return attribute(
            1, 0x0006_9003,
            little(1, 4) + little(0x102, 2) + little(id, 2) + little(1, 4) + little(data.count, 4) + data + padding)
    }

    static let newFile = attribute(2, 0x0006_9002, [UInt8](repeating: 0, count: 14))

    /// A mail that is this file and nothing else.
    static func mail(_ type: String, _ bytes: [UInt8]) -> String {
        let code = Data(bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
        return "From: a@x.example\nTo: b@y.example\nMessage-ID: <1@x>\nContent-Type: \(type)\n"
            + "Content-Transfer-Encoding: base64\n\n\(code)\n"
    }

    /// RTF in the packed form, its bytes given as they stand there.
    static func packedRTF(size: Int, _ bytes: [UInt8]) -> [UInt8] {
        little(bytes.count + 12, 4) + little(size, 4) + Array("LZFu".utf8) + [0, 0, 0, 0] + bytes
    }

    /// ContentInfo of SignedData, all lengths untold, around these pieces of an OCTET STRING.
    static func signed(_ pieces: [UInt8]) -> [UInt8] {
        let object: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]
        return [0x30, 0x80] + object + [2, 0xA0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0x31, 0x00, 0x30, 0x80] + object
            + [1, 0xA0, 0x80, 0x24, 0x80] + pieces + [UInt8](repeating: 0, count: 12)
    }
}
