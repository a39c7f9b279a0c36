// How much of a hostile mail is looked at: every limit of reading has its name here.

/// What passes a limit is cut and the rest is read; only a header block over `headerBlock` is refused, because what it
/// says of sender and kind could be anything.
enum MailLimits {
    /// Bytes of the top header block; more is `overLimit`.
    static let headerBlock = 1 << 20
    /// Bytes of a Received header that are looked into: its clauses stand at the front.
    static let received = 2048
    /// Bytes of one unfolded header that are read.
    static let header = 32 << 10
    /// Bytes of an address header that are read: a To of a thousand people is long and honest.
    static let addressHeader = 256 << 10
    /// Colons of an address header that are read: each may open a group, and GMime recurses into groups.
    static let addressColons = 1000
    /// Fields of one header block that are kept.
    static let fields = 5000
    /// Bytes of the header block of one part that are read.
    static let partHeaderBlock = 64 << 10
    static let depth = 64
    static let parts = 2000
    /// Addresses, and Message-IDs, kept of all headers of one name.
    static let addresses = 5000
    static let references = 1000
    /// Bytes of one text body that are decoded.
    static let textBody = 8 << 20
    /// Lines of a text in which quotes and signatures are looked for; nobody writes more, so of more nothing is cut.
    static let lines = 200_000
    /// Files taken out of one text; what follows stays in it.
    static let textFiles = 100
    /// Files taken out of one `winmail.dat`.
    static let enclosedFiles = 1000
    /// Bytes of RTF that are unpacked, and of the words that are made of it.
    static let rtf = 4 << 20
    /// Bytes of a calendar item that are read.
    static let calendar = 256 << 10
    /// Parameters of a header value that are read by hand; GMime has more patience.
    static let plainParameters = 32
    /// Bytes of HTML given to libxml2.
    static let html = 2 << 20
    /// Nodes of its tree, of some 128 bytes each: what is marked up beyond keeps its words and loses its tags.
    static let htmlNodes = 150_000
    /// Bytes of the text made of it: quotes and lists within each other make more text than they are.
    static let htmlText = 3 << 20
    /// Bytes of one HTML tag, attributes of it, and open elements around it.
    static let tag = 64 << 10
    static let attributes = 256
    static let htmlDepth = 512
}
