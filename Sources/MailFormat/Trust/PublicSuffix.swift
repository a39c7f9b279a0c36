// Domains under which strangers register their own: being below one of them proves no kinship.

/// No copy of the public suffix list: its common shape (`co.uk`, `com.au`) and the great hosts of subdomains. A missed
/// one lets nobody in by itself: the signer would have to be the suffix.
enum PublicSuffix {
    private static let seconds: Set<String> = [
        "co", "com", "net", "org", "gov", "edu", "ac", "ne", "or", "go", "gob", "gov", "mil", "nom", "info", "biz",
        "ltd",
        "plc", "sch", "nhs", "me", "web", "asso", "gouv", "art", "adv",
    ]
    private static let hosts: Set<String> = [
        "github.io", "gitlab.io", "herokuapp.com", "appspot.com", "blogspot.com", "azurewebsites.net", "netlify.app",
        "vercel.app", "pages.dev", "workers.dev", "web.app", "firebaseapp.com", "onmicrosoft.com", "amazonaws.com",
        "cloudfront.net", "myshopify.com", "wordpress.com", "duckdns.org", "dyndns.org", "no-ip.org", "altervista.org",
        "gappssmtp.com",
    ]

    static func isLikely(_ domain: String) -> Bool {
        let labels = domain.split(separator: ".")
        if labels.count < 2 { return true }
        if hosts.contains(domain) { return true }
        return labels.count == 2 && labels[1].utf8.count == 2 && seconds.contains(String(labels[0]))
    }
}
