// The one owner of a libxml2 document, and a walk over it that cannot overflow a stack.
import CXML2
import Glibc

/// A parsed HTML document: freed at the end of its life, never copied.
struct HTMLDocument: ~Copyable {
    private let document: htmlDocPtr?

    /// Takes UTF-8.
    init(_ html: [UInt8]) {
        _ = Self.isReady
        let source = HTMLSource(html).bytes
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
            | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue | UInt32(XML_PARSE_HUGE.rawValue)
        document = source.withUnsafeBytes { bytes in
            htmlReadMemory(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil, "UTF-8",
                Int32(options))
        }
    }

    deinit {
        if let document { xmlFreeDoc(document) }
    }

    /// libxml2 must be started before the first thread uses it.
    private static let isReady: Bool = {
        xmlInitParser()
        return true
    }()

    /// Depth first, without recursion. `enter` says whether to go into the children of an element; `leave` comes for
    /// every element that was entered.
    func walk(
        enter: (HTMLElement) -> Bool, text: (UnsafeRawBufferPointer) -> Void, leave: (HTMLElement) -> Void
    ) {
        guard let document, let root = xmlDocGetRootElement(document) else { return }
        var node = root
        while true {
            var descends = false
            switch node.pointee.type {
            case XML_ELEMENT_NODE:
                descends = enter(HTMLElement(node: node))
                if descends {
                    if let child = node.pointee.children {
                        node = child
                        continue
                    }
                    leave(HTMLElement(node: node))
                }
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE, XML_ENTITY_REF_NODE:
                if let content = node.pointee.content {
                    text(UnsafeRawBufferPointer(start: content, count: Int(xmlStrlen(content))))
                }
            default: break
            }
            while node.pointee.next == nil {
                guard node != root, let parent = node.pointee.parent, parent.pointee.type == XML_ELEMENT_NODE else {
                    return
                }
                leave(HTMLElement(node: parent))
                if parent == root { return }
                node = parent
            }
            guard node != root, let next = node.pointee.next else { return }
            node = next
        }
    }
}

/// An element lent by a walk; good until the closure it was handed to returns.
struct HTMLElement {
    fileprivate let node: UnsafeMutablePointer<xmlNode>

    /// Lower case, prefix included where the HTML parser keeps it.
    var name: UnsafeRawBufferPointer { Self.bytes(node.pointee.name) }

    var tag: HTMLTag { HTMLTag.named(name) }

    /// In document order, entities decoded. An attribute without a value is empty.
    func forEachAttribute(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        var attribute = node.pointee.properties
        while let current = attribute {
            if let name = current.pointee.name { body(Self.bytes(name), Self.value(current)) }
            attribute = current.pointee.next
        }
    }

    func has(_ wanted: StaticString) -> Bool { attribute(wanted) != nil }

    /// The value of an attribute, lent by the document; nil when it is absent.
    func attribute(_ wanted: StaticString) -> UnsafeRawBufferPointer? {
        var attribute = node.pointee.properties
        while let current = attribute {
            if let name = current.pointee.name, xmlStrEqual(name, wanted.utf8Start) != 0 { return Self.value(current) }
            attribute = current.pointee.next
        }
        return nil
    }

    private static func value(_ attribute: UnsafeMutablePointer<xmlAttr>) -> UnsafeRawBufferPointer {
        bytes(attribute.pointee.children?.pointee.content)
    }

    private static func bytes(_ text: UnsafePointer<xmlChar>?) -> UnsafeRawBufferPointer {
        guard let text else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: text, count: Int(xmlStrlen(text)))
    }
}
