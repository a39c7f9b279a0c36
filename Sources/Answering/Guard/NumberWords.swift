// Numbers, months, weekdays and units as words, in the languages that desks answer in most.

import Foundation

/// Not complete on purpose: it catches what a model writes in place of a digit. One is left out everywhere, since it is
/// an article too.
enum NumberWords {
    static func value(of word: String) -> Int? { values[word] }
    static func month(_ word: String) -> Int? { months[word] }
    static func weekday(_ word: String) -> Int? { weekdays[word] }
    static func unit(_ word: String) -> String? { units[word] }

    private static let values: [String: Int] = {
        let tables: [(values: [Int], words: String)] = [
            (
                [
                    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 30, 40, 50, 60, 70, 80, 90, 100,
                    1000,
                ],
                """
                two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen \
                eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
                """
            ),
            (
                [
                    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 30, 40, 50, 60, 70, 80, 90, 100,
                    1000,
                ],
                """
                zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn \
                achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend
                """
            ),
            (
                [2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 20, 30, 40, 50, 60, 100, 1000],
                """
                deux trois quatre cinq six sept huit dix onze douze treize quatorze quinze seize vingt trente quarante \
                cinquante soixante cent mille
                """
            ),
            (
                [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100, 1000],
                """
                dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte treinta \
                cuarenta cincuenta sesenta setenta ochenta noventa cien mil
                """
            ),
            (
                [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 20, 30, 40, 50, 60, 100],
                """
                due tre quattro cinque sei sette otto nove dieci undici dodici quattordici quindici venti trenta \
                quaranta cinquanta sessanta cento
                """
            ),
            (
                [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 20, 30, 40, 50, 60, 100, 1000],
                """
                twee drie vier vijf zes zeven acht negen tien twaalf veertien vijftien twintig dertig veertig vijftig \
                zestig honderd duizend
                """
            ),
            (
                [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 20, 30, 40, 50, 60, 100],
                """
                dois três quatro cinco seis sete oito nove dez doze catorze quinze vinte trinta quarenta cinquenta \
                sessenta cem
                """
            ),
            (
                [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 20, 30, 40, 50, 60, 100, 1000],
                """
                dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć dwanaście czternaście piętnaście dwadzieścia \
                trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt sto tysiąc
                """
            ),
        ]
        var values: [String: Int] = [:]
        for table in tables {
            for (value, word) in zip(table.values, table.words.split(separator: " ")) {
                if values[String(word)] == nil { values[String(word)] = value }
            }
        }
        // Italian "sei" and Portuguese "cem" are harmless; these are everyday words of another language instead.
        for word in ["once", "sto", "sei", "elf", "mil", "acht"] { values[word] = nil }
        return values
    }()

    private static func numbered(_ tables: [String]) -> [String: Int] {
        var numbers: [String: Int] = [:]
        for table in tables {
            for (index, word) in table.split(separator: " ").enumerated() { numbers[String(word)] = index + 1 }
        }
        return numbers
    }

    private static let months = numbered([
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    ])

    private static let weekdays: [String: Int] = {
        var days = numbered([
            "monday tuesday wednesday thursday friday saturday sunday",
            "mondays tuesdays wednesdays thursdays fridays saturdays sundays",
            "montag dienstag mittwoch donnerstag freitag samstag sonntag",
            "montags dienstags mittwochs donnerstags freitags samstags sonntags",
            "lundi mardi mercredi jeudi vendredi samedi dimanche",
            "lunes martes miércoles jueves viernes sábado domingo",
            "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        ])
        days["sonnabend"] = 6
        days["sábados"] = 6
        days["domingos"] = 7
        return days
    }()

    private static let units: [String: String] = {
        var units: [String: String] = [:]
        let groups = [
            "EUR": "€ eur euro euros", "USD": "$ usd dollar dollars dólares dollari", "GBP": "£ gbp pound pounds pfund",
            "PLN": "zł pln złotych złote", "JPY": "¥ jpy yen 円", "CHF": "chf franken", "SEK": "sek", "CZK": "kč czk",
            "%": "% ％ percent prozent", "EUR ": "ユーロ يورو",
        ]
        for (unit, words) in groups {
            for word in words.split(separator: " ") {
                units[String(word)] = unit.trimmingCharacters(in: .whitespaces)
            }
        }
        return units
    }()

    /// 三十 and 十四 as digits; a lone numeral is left, since it stands in too many words.
    static func numerals(in text: String) -> String {
        let digits: [Character: Int] = [
            "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
        ]
        let places: [Character: Int] = ["十": 10, "百": 100, "千": 1000]
        guard text.contains(where: { places[$0] != nil }) else { return text }
        var out = ""
        var run: [Character] = []
        func end() {
            if run.count > 1, run.contains(where: { places[$0] != nil }) {
                var sum = 0
                var digit = 0
                for character in run.prefix(12) {
                    if let value = digits[character] {
                        digit = value
                    } else if let place = places[character] {
                        sum += max(1, digit) * place
                        digit = 0
                    }
                }
                out += String(sum + digit)
            } else {
                out += String(run)
            }
            run = []
        }
        for character in text {
            if digits[character] != nil || places[character] != nil {
                run.append(character)
            } else {
                end()
                out.append(character)
            }
        }
        end()
        return out
    }
}
