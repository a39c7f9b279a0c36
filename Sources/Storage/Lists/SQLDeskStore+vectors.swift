// Vectors of the articles' lines, by the SHA-256 of the line and the model's name.

import Correspondence

/// A vector is kept as its numbers, four bytes each, the lowest first.
extension SQLDeskStore: VectorStore {
    /// Hashes that one statement asks for.
    private static let together = 64

    func vectors(of texts: [String], model: String) async throws(StoreError) -> [String: [Float]] {
        let texts = Dictionary(texts.map { (Self.hash($0), $0) }) { one, _ in one }
        let hashes = texts.keys.sorted()
        guard !hashes.isEmpty else { return [:] }
        let places = Array(repeating: "?", count: Self.together).joined(separator: ", ")
        let kept = try await look { desk in
            var kept: [(hash: String, vector: [Float])] = []
            for start in stride(from: 0, to: hashes.count, by: Self.together) {
                var asked = Array(hashes[start..<min(hashes.count, start + Self.together)])
                // One statement for every number of hashes: the rest is the last one again.
                while asked.count < Self.together { asked.append(asked[asked.count - 1]) }
                let rows = try desk.sql.query(
                    "SELECT hash, vector FROM vectors WHERE desk = ? AND model = ? AND hash IN (\(places))",
                    [desk.desk, model] + asked)
                for var row in rows {
                    let hash = try row.text()
                    if let vector = Self.vector(try row.bytes()) { kept.append((hash, vector)) }
                }
            }
            return kept
        }
        var vectors: [String: [Float]] = [:]
        for (hash, vector) in kept {
            if let text = texts[hash] { vectors[text] = vector }
        }
        return vectors
    }

    func keepVectors(_ vectors: [String: [Float]], model: String) async throws(StoreError) {
        guard !vectors.isEmpty else { return }
        let rows = vectors.map { (hash: Self.hash($0.key), bytes: Self.bytes($0.value)) }.sorted { $0.hash < $1.hash }
        // What a power failure takes back is made again.
        try await change(mustLast: false) { desk in
            for row in rows {
                try desk.sql.execute(
                    """
                    INSERT INTO vectors (desk, hash, model, vector) VALUES (?, ?, ?, ?)
                    ON CONFLICT (desk, hash, model) DO UPDATE SET vector = excluded.vector
                    """, [desk.desk, row.hash, model, row.bytes])
            }
        }
    }

    func keepVectors(onlyOf texts: Set<String>) async throws(StoreError) -> Int {
        let wanted = Set(texts.map(Self.hash))
        let gone = try await look { desk in
            var gone: [String] = []
            for var row in try desk.sql.query("SELECT DISTINCT hash FROM vectors WHERE desk = ?", [desk.desk]) {
                let hash = try row.text()
                if !wanted.contains(hash) { gone.append(hash) }
            }
            return gone.sorted()
        }
        guard !gone.isEmpty else { return 0 }
        return try await change { desk in
            var removed = 0
            for hash in gone {
                removed += try desk.sql.execute("DELETE FROM vectors WHERE desk = ? AND hash = ?", [desk.desk, hash])
            }
            return removed
        }
    }

    private static func hash(_ text: String) -> String { sha256(Array(text.utf8)) }

    private static func bytes(_ vector: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * 4)
        for number in vector {
            let bits = number.bitPattern
            for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        }
        return bytes
    }

    /// nil for what is none: it is made anew.
    private static func vector(_ bytes: [UInt8]) -> [Float]? {
        guard !bytes.isEmpty, bytes.count % 4 == 0 else { return nil }
        var vector: [Float] = []
        vector.reserveCapacity(bytes.count / 4)
        for place in stride(from: 0, to: bytes.count, by: 4) {
            var bits: UInt32 = 0
            for offset in 0..<4 { bits |= UInt32(bytes[place + offset]) << UInt32(8 * offset) }
            let number = Float(bitPattern: bits)
            guard number.isFinite else { return nil }
            vector.append(number)
        }
        return vector
    }
}
