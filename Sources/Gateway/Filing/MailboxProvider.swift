// Domains at which one person's address says nothing of another's: mailbox providers for everybody.

import Correspondence

/// A sender verified at one of these proves an account there, and nothing about any other account. The list holds the
/// providers with the most mailboxes; one that is missing costs little, since answers are counted by author as well.
enum MailboxProvider {
    static func serves(_ address: EmailAddress) -> Bool {
        let domain = address.domain.lowercased()
        if domains.contains(domain) { return true }
        // yahoo.fr, hotmail.co.uk, gmx.at: one brand in many countries.
        guard let brand = domain.split(separator: ".").first else { return false }
        return brands.contains(String(brand)) && domain.split(separator: ".").count <= 3
    }

    private static let brands: Set<String> = ["yahoo", "hotmail", "outlook", "live", "gmx", "aol", "yandex", "ymail"]
    private static let domains: Set<String> = [
        "126.com", "139.com", "163.com", "alice.it", "att.net", "bigpond.com", "bk.ru", "bluewin.ch", "btinternet.com",
        "centrum.cz", "charter.net", "comcast.net", "cox.net", "daum.net", "docomo.ne.jp", "duck.com", "email.cz",
        "ezweb.ne.jp", "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freenet.de", "gmail.com",
        "googlemail.com", "hanmail.net", "hey.com", "hushmail.com", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl",
        "kakao.com", "kpnmail.nl", "laposte.net", "libero.it", "list.ru", "mac.com", "mail.com", "mail.ru",
        "mailbox.org", "me.com", "msn.com", "naver.com", "neuf.fr", "nifty.com", "o2.pl", "onet.pl", "orange.fr",
        "pm.me", "posteo.de", "privaterelay.appleid.com", "proton.me", "protonmail.com", "qq.com", "rambler.ru",
        "rediffmail.com", "rocketmail.com", "sapo.pt", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.com",
        "sky.com", "softbank.ne.jp", "sohu.com", "t-online.de", "telenet.be", "telus.net", "terra.com.br", "tiscali.it",
        "tuta.com", "tutanota.com", "ukr.net", "uol.com.br", "verizon.net", "virgilio.it", "vodafone.it", "wanadoo.fr",
        "web.de", "wp.pl", "xs4all.nl", "yeah.net", "ziggo.nl", "zoho.com",
    ]
}
