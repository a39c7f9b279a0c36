// Rows of a CSV file (RFC 4180), each by the names of the columns.

import Foundation

/// For questions with answers in the knowledge base, and for those of `evaluate`. Fields may be in quotes, with `""` for a quote and line ends inside; the separator is that of `,`, `;` and tab which
/// the first line has most of. Never fails: a quote that is not closed takes the rest of the file.
package struct CSVTable: Sendable {
    /// Fields of one row, and bytes of one field; what is beyond is left out.
    static let columnLimit = 100
    static let fieldLimit = 1_000_000

    /// In lower case, without blanks around.
    package private(set) var columns: [String] = []
    /// A column's first field counts where two bear its name.
    package private(set) var rows: [[String: String]] = []
    /// The line each row begins in, from 1.
    package private(set) var lines: [Int] = []
    /// The line of a quote that was opened and never closed.
    package private(set) var openQuote: Int?

    package init(_ text: String) {
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        let head = bytes.prefix { $0 != 10 }
        let separator = [UInt8(44), 59, 9].max { one, other in
            head.count { $0 == one } < head.count { $0 == other }
        }
        var line = 1
        while !bytes.isEmpty {
            let start = line
            let fields = record(&bytes, separator: separator ?? 44, &line)
            if fields.allSatisfy(\.isEmpty) { continue }
            if columns.isEmpty {
                columns = fields.map { $0.lowercased().trimmingCharacters(in: .whitespaces) }
                continue
            }
            rows.append(Dictionary(zip(columns, fields)) { first, _ in first })
            lines.append(start)
        }
    }

    private mutating func record(_ bytes: inout ArraySlice<UInt8>, separator: UInt8, _ line: inout Int) -> [String] {
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var quotedSince = line
        func end() {
            if fields.count < Self.columnLimit { fields.append(String(decoding: field, as: UTF8.self)) }
            field.removeAll(keepingCapacity: true)
        }
        while let byte = bytes.popFirst() {
            if byte == 10 { line += 1 }
            if isQuoted {
                if byte == 34, bytes.first == 34 {
                    bytes.removeFirst()
                    field.append(34)
                } else if byte == 34 {
                    isQuoted = false
                } else if field.count < Self.fieldLimit {
                    field.append(byte)
                }
                continue
            }
            switch byte {
            case 34 where field.isEmpty: (isQuoted, quotedSince) = (true, line)
            case separator: end()
            case 10:
                if field.last == 13 { field.removeLast() }
                end()
                return fields
            default: if field.count < Self.fieldLimit { field.append(byte) }
            }
        }
        if isQuoted { openQuote = quotedSince }
        end()
        return fields
    }
}
