// HTML made harmless and made text, by libxml2: the `HTMLCleaner` of the house.
package import Correspondence

/// Stateless; safe from any thread. Work is linear in the text, at most `MailLimits.html` of it counts.
package struct LibXMLCleaner: HTMLCleaner {
    package init() {}

    package func safeHTML(_ html: String) -> String {
        String(decoding: SafeHTML.clean(HTMLDocument(Array(html.utf8))), as: UTF8.self)
    }

    package func text(_ html: String) -> String {
        String(decoding: HTMLText.text(of: HTMLDocument(Array(html.utf8))).bytes, as: UTF8.self)
    }

    package func page(_ html: String, at address: String?) -> HTMLPage {
        let bytes = Array(html.utf8)
        let title = PageAddress.title(of: bytes).map { title in
            String(decoding: HTMLText.text(of: HTMLDocument(title)).bytes, as: UTF8.self)
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return HTMLPage(
            title: title?.isEmpty == true ? nil : title, language: PageAddress.language(of: bytes),
            blocks: PageText.blocks(of: HTMLDocument(bytes), at: address))
    }
}
