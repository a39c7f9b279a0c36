// What the settings say of the web server.

package import Correspondence

package struct WebSettings: Sendable {
    /// Mail that comes by HTTP at `/webhooks/NAME`. Vendor `standard`: a raw mail under a Standard Webhooks signature.
    package struct Webhook: Sendable {
        package var name: String
        /// See `WebhookKey`: one with a fault verifies nothing.
        package var secret: Secret

        package init(name: String, secret: Secret) {
            self.name = name
            self.secret = secret
        }
    }
    /// What is held of bodies whose senders are not known yet (`BodyGate`).
    package struct BodyLimits: Sendable {
        package var bodies = 256
        /// Of one address (of IPv6, one /64).
        package var bodiesOfOne = 32
        /// In all.
        package var bytes = 200_000_000
        /// Of one address; at least the largest mail.
        package var bytesOfOne = 25_000_000
        /// A body is looked at this often, and must have grown by so much, until it is whole.
        package var look = Duration.seconds(10)
        package var bytesALook = 100_000
        /// After so many looks it has taken long enough.
        package var looks = 30

        package init() {}
    }
    /// How many streams of events may be open at once (`StreamPlaces`).
    package struct StreamLimits: Sendable {
        /// By the token of one conversation.
        package var ofConversation = 5
        /// Of customers by one address (of IPv6, one /64), by one key, by one session.
        package var ofPlace = 20
        /// Of customers; the rest is the desk's own.
        package var visitors = 448
        package var all = 512
        /// While something happens, the caller's rights are asked for again this often; else at each sign of life.
        package var look = Duration.seconds(20)

        package init() {}
    }
    package var host: String
    /// 0 takes a free one.
    package var port: Int
    /// How the outside knows it, without a slash at the end: `https://desk.acme.example`.
    package var url: String?
    /// Sites that may open a chat without a key.
    package var chatOrigins: [String]
    package var chatRate: Rate
    /// Addresses or networks (`10.0.0.0/8`) whose `X-Forwarded-For` is believed.
    package var trustedProxies: [String]
    package var webhooks: [Webhook]
    /// The largest mail a webhook takes, bytes.
    package var messageSize: Int
    /// Path of the unix socket for the commands; whoever may open it is admin.
    package var socket: String?
    package var connectionLimit = 4096
    /// Whether mail goes out at all: visitors of the chat are then asked for an address.
    package var sendsMail = true
    package var bodies = BodyLimits()
    package var streams = StreamLimits()

    package init(
        host: String = "127.0.0.1", port: Int = 8025, url: String? = nil, chatOrigins: [String] = [],
        chatRate: Rate = Rate(count: 10, period: .minutes(1)), trustedProxies: [String] = [], webhooks: [Webhook] = [],
        messageSize: Int = 50_000_000, socket: String? = nil
    ) {
        self.host = host
        self.port = port
        self.url = url
        self.chatOrigins = chatOrigins
        self.chatRate = chatRate
        self.trustedProxies = trustedProxies
        self.webhooks = webhooks
        self.messageSize = messageSize
        self.socket = socket
    }

    /// Whether browsers reach it over TLS: cookies are then `__Host-` and `Secure`.
    var isSecure: Bool { url?.hasPrefix("https://") == true }
}
