// Numbers, shares, times and money as reports write them.

import Foundation

enum Numbers {
    /// `12,345`.
    static func count(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (number < 0 ? "−" : "") + groups.joined(separator: ",")
    }

    /// `1 ticket`, `2 tickets`.
    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count(number)) \(number == 1 ? one : many ?? one + "s")"
    }

    /// `87%`; a dash when there is nothing to share. Never 100% or 0% unless it is exactly so.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        let percent = Double(part) / Double(whole) * 100
        if part > 0, percent < 1 { return "<1%" }
        if part < whole, percent > 99 { return ">99%" }
        return "\(Int(percent.rounded()))%"
    }

    /// 0 to 100 for the width of a bar, at least 1 where there is anything.
    static func width(_ part: Int, of whole: Int) -> String {
        guard whole > 0, part > 0 else { return "0" }
        return "\(max(1, Int((Double(part) / Double(whole) * 100).rounded())))"
    }

    /// A confidence: rounded down as where it is decided by, so that what is below a threshold does not read as if it
    /// reached it.
    static func percent(_ value: Double) -> String {
        guard value.isFinite else { return "unknown" }
        return "\(Int((min(1, max(0, value)) * 100 + 1e-9).rounded(.down)))%"
    }

    /// `0.4 s`, `45 s`, `3 min`, `2 h 10 min`, `4 d 3 h`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        if seconds < 0.95 { return "\(decimal(max(0.1, seconds), 1)) s" }
        let whole = Int(min(seconds, 3_000_000_000).rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(Int((Double(whole) / 60).rounded())) min" }
        let minutes = Int((Double(whole) / 60).rounded())
        if minutes < 24 * 60 {
            return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
        }
        let hours = Int((Double(minutes) / 60).rounded())
        return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
    }

    /// `$0.0042`, `$12.50`: two decimals, more when the sum is small.
    static func dollars(_ amount: Double) -> String {
        guard amount.isFinite else { return "unknown" }
        if amount == 0 { return "$0" }
        guard amount < 1 else { return "$" + decimal(amount, 2) }
        var text = decimal(amount, amount < 0.01 ? 5 : 4)
        while text.hasSuffix("0"), !text.hasSuffix(".00") { text.removeLast() }
        return "$" + text
    }

    /// `1.4 kB`, `3 MB` (10³, 10⁶).
    static func bytes(_ count: Int) -> String {
        if count < 1000 { return "\(count) B" }
        if count < 1_000_000 { return "\(decimal(Double(count) / 1000, count < 10_000 ? 1 : 0)) kB" }
        return "\(decimal(Double(count) / 1_000_000, count < 10_000_000 ? 1 : 0)) MB"
    }

    static func decimal(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", value)
    }
}
