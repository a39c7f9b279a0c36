// base64 by Foundation, in lines where a body needs them.
import Foundation

enum Base64Text {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Lines of 76, each ended by CRLF.
    static func lines(_ bytes: [UInt8]) -> [UInt8] {
        var output = Array(
            Data(bytes).base64EncodedData(options: [
                .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
            ]))
        if !output.isEmpty { output += [13, 10] }
        return output
    }
}
