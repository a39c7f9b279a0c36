// What the names of HTML elements mean to us: found once an element, by bytes.
import Glibc

/// Everything that cleaning and making text must know of an element. An unknown one has no trait and no role.
struct HTMLTag {
    struct Traits: OptionSet {
        let rawValue: UInt8
        /// May be shown to staff: the allow-list of `SafeHTML`.
        static let shown = Traits(rawValue: 1)
        /// Goes with everything in it.
        static let dropped = Traits(rawValue: 2)
        /// Has no inside and no end tag.
        static let void = Traits(rawValue: 4)
        /// Its inside is no HTML or nothing to read.
        static let rawText = Traits(rawValue: 8)
        /// `html`, `head` and `body`.
        static let shell = Traits(rawValue: 16)
        /// Closes its own kind: many of them in a row are no depth.
        static let sibling = Traits(rawValue: 32)
    }

    /// What it does to text.
    enum Role {
        case none, lineBreak, paragraph, bullets, numbers, item, quote, preformatted, cell, rule, image, link, block
    }

    /// Position in the table; nil when unknown.
    let position: Int?
    let traits: Traits
    let role: Role

    static let unknown = HTMLTag(position: nil, traits: [], role: .none)
    static var count: Int { all.count }

    /// The element of a lower-case name.
    static func named(_ name: UnsafeRawBufferPointer) -> HTMLTag {
        guard name.count <= 12, let position = table.position(of: name) else { return .unknown }
        return all[position]
    }

    private static let lists: [(Traits, String)] = [
        (
            .shown,
            "a abbr acronym address b bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var"
        ),
        (
            .dropped,
            "head script style title iframe object embed applet svg math select textarea audio video canvas noscript template frameset frame datalist map"
        ),
        (
            .void,
            "area base basefont bgsound br col embed frame hr img input isindex keygen link meta param source track wbr"
        ),
        (.rawText, "script style title xml noembed noframes plaintext xmp template svg math iframe object applet"),
        (.shell, "html head body"),
        (.sibling, "p li td th tr dt dd option thead tbody tfoot"),
    ]

    private static let roles: [(Role, String)] = [
        (.lineBreak, "br"), (.paragraph, "p h1 h2 h3 h4 h5 h6 dl"), (.bullets, "ul"), (.numbers, "ol"), (.item, "li"),
        (.quote, "blockquote"), (.preformatted, "pre xmp listing"), (.cell, "td th"), (.rule, "hr"), (.image, "img"),
        (.link, "a"),
        (
            .block,
            "div tr table dt dd address center section article header footer form fieldset main nav aside figure caption"
        ),
    ]

    private static let made: (names: [String], tags: [HTMLTag]) = {
        var traits: [String: Traits] = [:]
        for (trait, names) in lists {
            for name in names.split(separator: " ") { traits[String(name), default: []].insert(trait) }
        }
        var roleOf: [String: Role] = [:]
        for (role, names) in roles {
            for name in names.split(separator: " ") { roleOf[String(name)] = role }
        }
        let names = Set(traits.keys).union(roleOf.keys).sorted()
        let tags = names.enumerated().map { position, name in
            HTMLTag(position: position, traits: traits[name] ?? [], role: roleOf[name] ?? .none)
        }
        return (names, tags)
    }()

    private static let all = made.tags
    private static let table = NameTable(made.names)
}
