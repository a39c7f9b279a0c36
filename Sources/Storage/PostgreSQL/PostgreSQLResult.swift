// The answer to one statement: rows, a count, or an error by its SQLSTATE.

import CPostgreSQL
import Correspondence
import Foundation

/// Owns libpq's result.
final class PostgreSQLResult {
    private let handle: OpaquePointer?
    private let connection: OpaquePointer
    private let place: String

    /// Type numbers of pg_type.dat.
    private enum TypeID {
        static let integers: Set<UInt32> = [16, 20, 21, 23, 26]
        static let doubles: Set<UInt32> = [700, 701]
        static let numeric: UInt32 = 1700
        static let bytes: UInt32 = 17
    }

    init(_ handle: OpaquePointer?, on connection: OpaquePointer, _ place: String) {
        self.handle = handle
        self.connection = connection
        self.place = place
    }

    deinit { PQclear(handle) }

    func check() throws(StoreError) {
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default:
            let state = PQresultErrorField(handle, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
            // The primary message only: DETAIL quotes rows.
            let message = PQresultErrorField(handle, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
            let words = message ?? String(cString: PQerrorMessage(connection))
            throw StoreError(
                sqlState: PQstatus(connection) == CONNECTION_OK ? state : "08006",
                message: words.trimmingCharacters(in: .whitespacesAndNewlines), place: place)
        }
    }

    var changed: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    func rows() throws(StoreError) -> [SQLRow] {
        let columns = PQnfields(handle)
        var rows: [SQLRow] = []
        rows.reserveCapacity(Int(PQntuples(handle)))
        for row in 0..<PQntuples(handle) {
            var values: [SQLValue] = []
            values.reserveCapacity(Int(columns))
            for column in 0..<columns { values.append(try value(row, column)) }
            rows.append(SQLRow(values))
        }
        return rows
    }

    private func value(_ row: Int32, _ column: Int32) throws(StoreError) -> SQLValue {
        guard PQgetisnull(handle, row, column) == 0, let start = PQgetvalue(handle, row, column) else { return .null }
        let type = PQftype(handle, column)
        if type == TypeID.bytes {
            var count = 0
            let unescaped = start.withMemoryRebound(to: UInt8.self, capacity: 1) { PQunescapeBytea($0, &count) }
            guard let unescaped else { throw StoreError(.unavailable, detail: "no memory for bytes") }
            defer { PQfreemem(unescaped) }
            return .bytes(Array(UnsafeBufferPointer(start: unescaped, count: count)))
        }
        let text = String(cString: start)
        if TypeID.integers.contains(type) {
            if let number = Int64(text) { return .integer(number) }
            return .integer(text == "t" ? 1 : 0)
        }
        if TypeID.doubles.contains(type) { return .double(Double(text) ?? .nan) }
        if type == TypeID.numeric { return Int64(text).map { .integer($0) } ?? .double(Double(text) ?? .nan) }
        return .text(text)
    }
}

extension StoreError {
    /// Error codes of PostgreSQL, appendix A.
    init(sqlState: String?, message: String, place: String) {
        let state = sqlState ?? "?????"
        let what = "\(place) says \(state): \(message)"
        switch state.prefix(2) {
        case "23": self.init(.invalid, detail: what)
        case "53" where state == "53100":
            self.init(.full, detail: "\(what). Make room on the server's disk; the store goes on by itself.")
        // Lost or refused connections, resources, an operator's hand, conflicts, and a server that turned read-only
        // in a fail-over.
        case "08", "53", "57", "58", "40", "55", "25": self.init(.unavailable, detail: what)
        case "42" where state == "42501":
            self.init(.readOnly, detail: "\(what). The user needs all rights on its schema.")
        case "42", "XX": self.init(.damaged, detail: what)
        default: self.init(.other, detail: what)
        }
    }

    /// What a transaction is simply run again for: serialization failure, deadlock, and a lock not had in time.
    var isConflict: Bool { ["40001", "40P01", "55P03"].contains { detail.contains(" says \($0): ") } }

    /// A server that was a primary and is one no more: only a new connection finds the new one.
    var isFormerPrimary: Bool { detail.contains(" says 25006: ") }
}
