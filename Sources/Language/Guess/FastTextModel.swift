// A fastText model in memory: the one owner of its handle.

import CFastText
import Correspondence
import Foundation

/// Why a model cannot be used. `detail` names the file and says what to do.
package struct LanguageModelError: Failure, Equatable {
    package enum Code: String, Sendable {
        case missing, unusable
    }

    package let code: Code
    package let detail: String

    package var isTemporary: Bool { false }
    package var publicText: String { "the model that tells languages apart cannot be used" }
    package var description: String { detail }
}

/// `@unchecked Sendable`: the handle is set once and freed by `deinit`, when nobody asks any more; asking works in memory
/// of its own each time and leaves the model as it is (see cfasttext_predict).
final class FastTextModel: @unchecked Sendable {
    /// More labels than this no model of languages has.
    private static let mostLabels = 2_000

    private let handle: OpaquePointer
    /// BCP 47 by the label's number.
    private let codes: [String]

    /// Reads the whole file: about 50 ms for one of 1 MB, which then takes some 5 MB of memory.
    init(path: String) throws(LanguageModelError) {
        let what = "fastText model \(path)"
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw LanguageModelError(
                code: .missing, detail: "\(what): there is no such file; correct the path, or leave it empty")
        }
        guard !isFolder.boolValue else {
            throw LanguageModelError(code: .unusable, detail: "\(what): it is a folder; name the file in it")
        }
        var reason = [CChar](repeating: 0, count: 256)
        guard let handle = cfasttext_load(path, &reason, Int32(reason.count)) else {
            let text = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw LanguageModelError(
                code: .unusable, detail: "\(what): \(text); take another copy of the file, such as lid.176.ftz")
        }
        let count = Int(cfasttext_labels(handle))
        let labels = (0..<min(count, Self.mostLabels)).map { label in
            cfasttext_label(handle, Int32(label)).map { String(cString: $0) } ?? ""
        }
        guard count <= Self.mostLabels, labels.allSatisfy(Self.isCode) else {
            cfasttext_free(handle)
            throw LanguageModelError(
                code: .unusable,
                detail: "\(what): its labels are no language codes (\(labels.prefix(3).joined(separator: ", "))); "
                    + "take a model that tells languages apart, such as lid.176.ftz")
        }
        self.handle = handle
        codes = labels.map(LanguageCode.bcp47)
    }

    deinit { cfasttext_free(handle) }

    /// `en`, `bar`, `zh-Hant`.
    private static func isCode(_ label: String) -> Bool {
        guard let head = label.split(separator: "-", omittingEmptySubsequences: false).first else { return false }
        return (2...3).contains(head.utf8.count) && head.utf8.allSatisfy { (0x61...0x7A).contains($0) }
            && label.utf8.count <= 12
    }

    /// The most likely languages of a cleaned text, best first; empty where no word of it says anything.
    func detect(_ text: String) -> [LanguageShare] {
        // A line end and "</s>" end a text for fastText.
        var bytes = text.utf8.map { $0 == 0x0A || $0 == 0x3C ? 0x20 : CChar(bitPattern: $0) }
        bytes.append(0x20)
        var guesses = [cfasttext_guess](repeating: cfasttext_guess(), count: Self.candidates)
        let count = cfasttext_predict(handle, bytes, Int32(bytes.count), &guesses, Int32(guesses.count))
        return guesses.prefix(Int(count)).map { guess in
            LanguageShare(
                code: codes[Int(guess.label)], share: min(1, max(0, Double(guess.probability))))
        }
    }

    /// What comes behind these has no share worth looking at.
    private static let candidates = 8
}
