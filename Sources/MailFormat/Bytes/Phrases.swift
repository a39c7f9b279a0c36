// Many phrases looked for in one pass over a text, and names found in a table, all by bytes.
import Glibc

/// Phrases of at least two bytes, in lower case where the text is. At most 255 of them begin differently.
struct Phrases {
    private let phrases: [[UInt8]]
    /// By a hash of two bytes the list of `lists` to compare with; 0 is none.
    private var heads = [UInt8](repeating: 0, count: 1024)
    private var lists: [[Int]] = [[]]

    init(_ texts: [String]) {
        phrases = texts.map { Array($0.utf8) }.filter { $0.count > 1 }
        for (index, phrase) in phrases.enumerated() {
            let head = Self.head(phrase[0], phrase[1])
            if heads[head] == 0 {
                heads[head] = UInt8(lists.count)
                lists.append([])
            }
            lists[Int(heads[head])].append(index)
        }
    }

    private static func head(_ first: UInt8, _ second: UInt8) -> Int {
        (Int(first) << 5 ^ Int(second) << 1 ^ Int(first) >> 5) & 1023
    }

    /// Whether one of them stands somewhere in the text.
    func occur(in text: [UInt8]) -> Bool { text.withUnsafeBytes { first(in: $0, isWanted: { _ in true }) != nil } }

    /// The position in the list of the one that stands in the text and was given before all others that do.
    func least(in text: UnsafeRawBufferPointer) -> Int? {
        var least: Int?
        _ = first(in: text) { index in
            least = min(least ?? index, index)
            return false
        }
        return least
    }

    /// Whether the text begins with one of them.
    func begin(_ text: [UInt8]) -> Bool {
        guard text.count > 1 else { return false }
        let list = heads[Self.head(text[0], text[1])]
        guard list != 0 else { return false }
        return text.withUnsafeBytes { text in lists[Int(list)].contains { stands($0, at: 0, in: text) } }
    }

    private func first(in text: UnsafeRawBufferPointer, isWanted: (Int) -> Bool) -> Int? {
        guard text.count > 1 else { return nil }
        return heads.withUnsafeBufferPointer { heads in
            var before = text[0]
            for index in 1..<text.count {
                let byte = text[index]
                let list = heads[Self.head(before, byte)]
                before = byte
                guard list != 0 else { continue }
                for phrase in lists[Int(list)] where stands(phrase, at: index - 1, in: text) && isWanted(phrase) {
                    return phrase
                }
            }
            return nil
        }
    }

    private func stands(_ phrase: Int, at index: Int, in text: UnsafeRawBufferPointer) -> Bool {
        phrases[phrase].withUnsafeBytes { phrase in
            guard let base = text.baseAddress, let wanted = phrase.baseAddress else { return false }
            return text.count - index >= phrase.count && memcmp(base + index, wanted, phrase.count) == 0
        }
    }
}

/// A fixed list of lower-case ASCII names: the position of one, without making a string of it.
struct NameTable {
    private let names: [[UInt8]]
    /// Open addressing over positions plus one; 0 is free.
    private var slots: [UInt16]

    init(_ texts: [String]) {
        names = texts.map { Array($0.utf8) }
        var size = 16
        while size < names.count * 4 { size *= 2 }
        slots = [UInt16](repeating: 0, count: size)
        for (position, name) in names.enumerated() {
            var slot = name.withUnsafeBytes { Self.hash($0) } & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt16(position + 1)
        }
    }

    func position(of name: UnsafeRawBufferPointer) -> Int? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if names[position].count == name.count, Self.isSame(names[position], name) { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func isSame(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Bool {
        for (index, byte) in left.enumerated() where right[index] != byte { return false }
        return true
    }

    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash ^ hash >> 15)
    }
}
