// Running one statement on one SQLite connection: binding, stepping, reading, and what an error code means.

import Correspondence
import GRDB
import GRDBSQLite

/// GRDB keeps the compiled statements; values go straight to SQLite, without GRDB's records and arguments, because
/// this is the path that every mail takes some fifteen times.
struct SQLiteStatement {
    let handle: OpaquePointer
    let connection: OpaquePointer

    init(_ sql: String, on database: Database) throws(StoreError) {
        guard let connection = database.sqliteConnection else {
            throw StoreError(.unavailable, detail: "the store is closed")
        }
        self.connection = connection
        do {
            handle = try database.cachedStatement(sql: sql).sqliteStatement
        } catch {
            throw StoreError(sqlite: error)
        }
    }

    /// Rows as they come; the statement is ready for its next use afterwards, whatever happened.
    func run(_ parameters: [any SQLBindable], row: (SQLRow) -> Void) throws(StoreError) {
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (index, parameter) in parameters.enumerated() {
            try check(bind(parameter.sqlValue, at: Int32(index + 1)))
        }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw StoreError(sqliteCode: code, connection: connection) }
            row(SQLRow((0..<sqlite3_column_count(handle)).map(column)))
        }
    }

    private func check(_ code: Int32) throws(StoreError) {
        guard code == SQLITE_OK else { throw StoreError(sqliteCode: code, connection: connection) }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .double(let number): return sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    guard let start = characters.baseAddress else {
                        return sqlite3_bind_text(handle, index, "", 0, nil)
                    }
                    return sqlite3_bind_text(handle, index, start, Int32(characters.count), Self.copied)
                }
            }
        case .bytes(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob64(handle, index, $0.baseAddress, sqlite3_uint64($0.count), Self.copied)
            }
        }
    }

    private func column(_ index: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .double(sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(handle, index) else { return .text("") }
            let count = Int(sqlite3_column_bytes(handle, index))
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(handle, index) else { return .bytes([]) }
            let count = Int(sqlite3_column_bytes(handle, index))
            return .bytes([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }

    /// SQLITE_TRANSIENT: a macro that Swift does not see. SQLite copies the bytes before the call returns.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

extension StoreError {
    init(sqliteCode code: Int32, connection: OpaquePointer?) {
        let message = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? ""
        self.init(sqliteCode: code, message: message)
    }

    /// An error of GRDB's own.
    init(sqlite error: any Error) {
        if let error = error as? StoreError {
            self = error
        } else if let error = error as? DatabaseError {
            self.init(sqliteCode: error.extendedResultCode.rawValue, message: error.message ?? "")
        } else {
            self.init(.other, detail: "SQLite: \(error)")
        }
    }

    private init(sqliteCode code: Int32, message: String) {
        let what = "SQLite says \(code): \(message)"
        switch code & 0xFF {
        case SQLITE_FULL: self.init(.full, detail: "\(what). Make room on the disk; the store goes on by itself.")
        case SQLITE_READONLY:
            self.init(.readOnly, detail: "\(what). The database and its folder must be writable for this user.")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self.init(.damaged, detail: "\(what). Keep the file, and restore the last backup.")
        case SQLITE_CANTOPEN:
            self.init(.unavailable, detail: "\(what). The folder must exist and be writable for this user.")
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_INTERRUPT, SQLITE_ABORT:
            self.init(.unavailable, detail: what)
        case SQLITE_CONSTRAINT: self.init(.invalid, detail: what)
        default: self.init(.other, detail: what)
        }
    }
}
