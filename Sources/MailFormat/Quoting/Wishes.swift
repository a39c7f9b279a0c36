// Words by which somebody wants something: where they stand, nothing is cut that no mark sets off.

/// Blocks of names, lines of apps and lists, and lawyers' paragraphs are told by their shape, and a person's words may have
/// it by chance. What asks for a contract's end or the money back must then be read, whatever it looks like.
enum Wishes {
    /// Neither signatures nor disclaimers speak of these.
    private static let matters = Phrases([
        "cancel ", "cancellation", "refund", "my order", "order no", "order number", "our order", "parcel", "delivery",
        "invoice",
        "customer no", "customer number", "contract no", "contract number", "my contract", "our contract", "charged",
        "money back", "kündig", "storn", "erstatt", "bestell", "kundennummer", "kunden-nr", "vertragsnummer",
        "rechnung", "liefer", "paket", "rembours", "annul", "résili", "commande", "facture", "colis", "livraison",
        "reembols", "cancelar", "pedido", "factura", "paquete", "rimbors", "disdi", "ordine", "fattura", "pacco",
        "consegna", "fatura", "encomenda", "zwrot", "zamówien", "anulow", "faktur", "paczk", "bestelling",
        "terugbetal", "opzeg", "возврат", "заказ", "отмен", "返金", "注文", "キャンセル", "解約", "退款", "订单", "訂單",
        "환불", "주문",
    ])
    /// What a person asks for politely; lawyers do so too.
    private static let requests = Phrases([
        "please", "bitte", "s'il vous", "s’il vous", "s'il te", "merci de ", "por favor", "per favore", "per piacere",
        "proszę", "alstublieft", "graag ", "пожалуйста", "lütfen", "ください", "お願い", "请", "請", "부탁", "let a human",
        "want my", "need ", "möchte", "brauche", "voudrais", "quiero", "vorrei", "chcę",
    ])
    /// A sentence has so many words and ends as one.
    private static let sentence = 6

    static func matter(in text: [UInt8]) -> Bool { matters.occur(in: text) }

    /// Whether a line that looks like a signature's speaks.
    static func speak(_ lines: TextLines, _ index: Int) -> Bool {
        let text = lines.lowered(index)
        if matters.occur(in: text) || requests.occur(in: text) { return true }
        let words = text.split { $0 == 32 || $0 == 9 }
        let end = lines.last(index)
        return words.count >= sentence && (end == 46 || end == 33) && !text.withUnsafeBytes { $0.has("://") }
    }

    /// A line that begins as sentences go on: names, companies and streets have capitals.
    static func goOn(_ lines: TextLines, _ index: Int) -> Bool {
        let raw = lines.raw(index)
        let words = raw.split { $0 == 32 || $0 == 9 }
        guard words.count > 2, let first = raw.first(where: { $0 != 32 && $0 != 9 }) else { return false }
        return first >= 97 && first <= 122 && !raw.contains(64) && !raw.contains(58)
            && !raw.withUnsafeBytes { $0.has("www.") || $0.has("://") }
    }
}
