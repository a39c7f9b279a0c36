// Terms of search: what meets and what does not.

import Correspondence
import Language
import TestSupport
import Testing

struct SnowballAnalyzerTests {
    private let analyzer = SnowballAnalyzer()

    @Test("case, accents and inflection do not part a word from itself")
    func folding() {
        #expect(analyzer.words(of: "Returns RETURNING returned", language: "en") == ["return", "return", "return"])
        #expect(analyzer.words(of: "Rückgabe", language: "de") == analyzer.words(of: "RÜCKGABE", language: "de"))
        #expect(analyzer.words(of: "café CAFE\u{301}", language: "und") == ["cafe", "cafe"])
        #expect(analyzer.words(of: "ＡＢＣ１２", language: "und") == ["abc12"])
        #expect(analyzer.words(of: "Straße", language: "und") == ["strasse"])
        #expect(analyzer.words(of: "soft\u{AD}hyphen", language: "und") == ["softhyphen"])
    }

    @Test("a word gives its stem and the 4-grams of the padded word")
    func grams() {
        #expect(analyzer.features(of: "order", language: "en") == ["order", "# ord", "#orde", "#rder", "#der "])
        #expect(analyzer.features(of: "is", language: "und") == ["is", "# is "])
        #expect(analyzer.features(of: "a", language: "und") == ["a", "# a "])
        #expect(analyzer.features(of: "über", language: "und") == ["uber", "# ube", "#uber", "#ber "])
    }

    @Test("runs without spaces give pairs of characters")
    func pairs() {
        #expect(analyzer.words(of: "我想退货", language: "zh") == ["我想", "想退", "退货"])
        #expect(analyzer.words(of: "京", language: "ja") == ["京"])
        #expect(analyzer.features(of: "iPhoneの充電", language: "ja").suffix(2) == ["の充", "充電"])
        #expect(analyzer.words(of: "ｶﾀｶﾅ", language: "ja") == analyzer.words(of: "カタカナ", language: "ja"))
    }

    @Test("an unknown language leaves words as they are")
    func unknown() {
        #expect(analyzer.words(of: "returns zamówienia", language: "pl") == ["returns", "zamowienia"])
        #expect(analyzer.words(of: "returns", language: "xx") == ["returns"])
    }

    @Test("sentences end where they end")
    func sentences() {
        let german = "Das dauert z. B. 3 Tage. Am 3. Mai ist zu! Fragen Sie Dr. Weiß?\nNeue Zeile"
        #expect(
            analyzer.sentences(of: german) == [
                "Das dauert z. B. 3 Tage.", "Am 3. Mai ist zu!", "Fragen Sie Dr. Weiß?", "Neue Zeile",
            ])
        #expect(analyzer.sentences(of: "送料は無料です。三日かかります！") == ["送料は無料です。", "三日かかります！"])
        #expect(analyzer.sentences(of: "Pay 3.50 EUR at shop.example.com today. \"Really?\" Yes.").count == 3)
        #expect(analyzer.sentences(of: "1. Open the page.\n2. Press Save.") == ["1. Open the page.", "2. Press Save."])
        #expect(analyzer.sentences(of: " \n ").isEmpty)
    }

    @Test("the terms are the same from many tasks at once")
    func manyTasks() async {
        let expected = analyzer.features(of: "Lieferungen und Rückgaben dauern länger", language: "de")
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    _ = SnowballAnalyzer().features(of: "other returning \(index)", language: "en")
                    return SnowballAnalyzer().features(of: "Lieferungen und Rückgaben dauern länger", language: "de")
                        == expected
                }
            }
            for await same in group { #expect(same) }
        }
    }

    @Test(
        "analysis is linear, also without spaces and with marks upon marks",
        arguments: ["word with spaces ", "unbrokenrun", "e\u{301}\u{301}\u{301}", "退货", "a.b.c. ", "\u{FDFA}"])
    func linear(unit: String) {
        func time(_ count: Int) -> Duration {
            let text = String(repeating: unit, count: count / unit.utf8.count)
            return ProcessorTime.least {
                _ = analyzer.features(of: text, language: "en")
                _ = analyzer.sentences(of: text)
            }
        }
        _ = time(10_000)
        // Eight times the text: a square would be 64 times.
        #expect(time(160_000) < time(20_000) * 24 + .milliseconds(20))
    }
}
