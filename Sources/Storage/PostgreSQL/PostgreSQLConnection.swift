// One connection to PostgreSQL by libpq, for one thread.

import CPostgreSQL
import Correspondence
import Foundation

/// Not Sendable: its owner (a lane's queue, the listener's thread) is the only one that touches it. Calls block.
final class PostgreSQLConnection {
    private let handle: OpaquePointer
    private let place: String
    /// Names of prepared statements by our own text.
    private var prepared: [String: String] = [:]

    init(_ settings: PostgreSQLSettings) throws(StoreError) {
        place = settings.place
        let words = settings.words.sorted { $0.key < $1.key }
        let handle = Self.withTexts(words.map(\.key)) { keys in
            Self.withTexts(words.map(\.value)) { values in PQconnectdbParams(keys, values, 0) }
        }
        guard let handle else { throw StoreError(.unavailable, detail: "no memory for a connection") }
        guard PQstatus(handle) == CONNECTION_OK else {
            let reason = String(cString: PQerrorMessage(handle)).trimmingCharacters(in: .whitespacesAndNewlines)
            PQfinish(handle)
            throw StoreError(.unavailable, detail: "\(settings.place) cannot be reached: \(reason)")
        }
        self.handle = handle
        // libpq prints notices on standard error by itself.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }
    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }
    var socket: Int32 { PQsocket(handle) }

    /// A statement without parameters, by the simple protocol.
    func run(_ sql: String) throws(StoreError) {
        try PostgreSQLResult(PQexec(handle, sql), on: handle, place).check()
    }

    func run(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> PostgreSQLResult {
        let result: OpaquePointer?
        if parameters.isEmpty {
            result = PQexec(handle, sql)
        } else {
            let name = try name(of: sql)
            result = execute(name, parameters.map(\.sqlValue))
        }
        let answer = PostgreSQLResult(result, on: handle, place)
        try answer.check()
        return answer
    }

    /// What other nodes said since the last call; false when the connection is lost.
    func notifications(_ body: (String) -> Void) -> Bool {
        guard PQconsumeInput(handle) == 1 else { return false }
        while let notice = PQnotifies(handle) {
            body(String(cString: notice.pointee.extra))
            PQfreemem(notice)
        }
        return isAlive
    }

    private func name(of sql: String) throws(StoreError) -> String {
        if let name = prepared[sql] { return name }
        let name = "s\(prepared.count)"
        try PostgreSQLResult(PQprepare(handle, name, Self.numbered(sql), 0, nil), on: handle, place).check()
        prepared[sql] = name
        return name
    }

    /// `?` in turn becomes `$1`, `$2`, …; our statements hold no other question mark.
    static func numbered(_ sql: String) -> String {
        var text = ""
        var count = 0
        for part in sql.split(separator: "?", omittingEmptySubsequences: false) {
            if count > 0 { text += "$\(count)" }
            text += part
            count += 1
        }
        return text
    }

    /// Everything travels as text but bytes, which would be hex at twice the size.
    private func execute(_ name: String, _ values: [SQLValue]) -> OpaquePointer? {
        var buffers: [[UInt8]?] = []
        var formats: [Int32] = []
        for value in values {
            formats.append(0)
            switch value {
            case .null: buffers.append(nil)
            case .integer(let number): buffers.append(Array(String(number).utf8) + [0])
            case .double(let number): buffers.append(Array(String(number).utf8) + [0])
            case .text(let text): buffers.append(Array(text.utf8) + [0])
            case .bytes(let bytes):
                // An empty buffer has no address, and no address is NULL: one byte that is not counted.
                buffers.append(bytes.isEmpty ? [0] : bytes)
                formats[formats.count - 1] = 1
            }
        }
        let lengths = zip(buffers, values).map { buffer, value -> Int32 in
            if case .bytes(let bytes) = value { return Int32(bytes.count) }
            return Int32(buffer?.count ?? 0)
        }
        return Self.withBuffers(buffers) { pointers in
            PQexecPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 0)
        }
    }

    /// Calls with the addresses of all buffers at once, nil for NULL.
    private static func withBuffers<Value>(
        _ buffers: [[UInt8]?], _ body: ([UnsafePointer<CChar>?]) -> Value
    ) -> Value {
        let pointers = buffers.map { buffer -> UnsafeMutablePointer<CChar>? in
            guard let buffer else { return nil }
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: buffer.count)
            buffer.withUnsafeBytes {
                UnsafeMutableRawPointer(copy).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
            }
            return copy
        }
        defer { for pointer in pointers { pointer?.deallocate() } }
        return body(pointers.map { $0.map { UnsafePointer($0) } })
    }

    /// A list of C strings that ends with nil.
    private static func withTexts<Value>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> Value) -> Value {
        withBuffers(texts.map { Array($0.utf8) + [0] }) { body($0 + [nil]) }
    }
}
