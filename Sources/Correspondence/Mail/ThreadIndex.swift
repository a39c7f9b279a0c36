// Thread-Index: which conversation of Microsoft's programs a mail belongs to.

import Foundation

/// The conversation index that Outlook and Exchange write, and others in their way (MS-OXOMSG section 2.2.1.3): base64
/// of 22 bytes that all mails of a conversation share, then 5 more for each answer above this one. Whoever got one of
/// the mails can copy it, so it proves as little as References do.
package struct ThreadIndex: Sendable, Codable, Hashable {
    /// The shared 22 bytes, in base64 as RFC 4648 writes it: equal roots are equal texts.
    package let root: String
    /// Answers above this mail; 0 for the first of a conversation.
    package let depth: Int

    private static let rootLength = 22
    private static let identifier = 6..<22
    private static let stepLength = 5
    /// Nobody answers that often; more is nobody's index.
    package static let depthLimit = 400
    /// Characters of an index of so many answers, padding left out.
    private static let textLimit = ((rootLength + depthLimit * stepLength) * 4 + 2) / 3

    /// Of the header's value. nil unless it is the base64, blanks and missing padding allowed, of 22 + n × 5 bytes with
    /// n up to `depthLimit`, and its 16 bytes of identifier are not all zero.
    package init?(_ value: some Sequence<UInt8>) {
        var text: [UInt8] = []
        var padding = 0
        for byte in value {
            switch byte {
            case 9, 10, 13, 32: continue
            case UInt8(ascii: "="): padding += 1
            default: text.append(byte)
            }
            guard text.count <= Self.textLimit, padding <= 2, padding == 0 || byte == UInt8(ascii: "=") else {
                return nil
            }
        }
        text += Array(repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4)
        guard let bytes = Data(base64Encoded: Data(text)), bytes.count >= Self.rootLength,
            (bytes.count - Self.rootLength) % Self.stepLength == 0, bytes[Self.identifier].contains(where: { $0 != 0 })
        else { return nil }
        root = bytes.prefix(Self.rootLength).base64EncodedString()
        depth = (bytes.count - Self.rootLength) / Self.stepLength
    }
}
