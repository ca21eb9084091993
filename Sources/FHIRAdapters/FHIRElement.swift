import PortalRecord

/// One element of a FHIR document: a resource, a data type, or a value.
struct FHIRElement {
    let tree: FHIRTree
    let index: Int

    private var node: FHIRTree.Node { tree.nodes[index] }

    /// The element's name; empty for the document's own.
    var name: String { tree.names.texts[Int(node.name)] }

    /// Where it stands.
    var range: Range<Int> { Int(node.from)..<Int(node.to) }

    /// What it holds, in the document's order.
    var children: [FHIRElement] {
        var found: [FHIRElement] = []
        var at = index + 1
        while at < Int(node.next) {
            found.append(FHIRElement(tree: tree, index: at))
            at = Int(tree.nodes[at].next)
        }
        return found
    }

    /// The first element of a name; nil where there is none.
    subscript(name: StaticString) -> FHIRElement? {
        guard let number = tree.find(name) else { return nil }
        var at = index + 1
        while at < Int(node.next) {
            if tree.nodes[at].name == number, !tree.nodes[at].isNull {
                return FHIRElement(tree: tree, index: at)
            }
            at = Int(tree.nodes[at].next)
        }
        return nil
    }

    /// All elements of a name, in order.
    func all(_ name: StaticString) -> [FHIRElement] {
        guard let number = tree.find(name) else { return [] }
        var found: [FHIRElement] = []
        var at = index + 1
        while at < Int(node.next) {
            if tree.nodes[at].name == number, !tree.nodes[at].isNull {
                found.append(FHIRElement(tree: tree, index: at))
            }
            at = Int(tree.nodes[at].next)
        }
        return found
    }

    /// The first element whose name starts so: `value[x]`, with what follows the start.
    func choice(_ start: StaticString) -> (type: String, element: FHIRElement)? {
        var at = index + 1
        while at < Int(node.next) {
            if let type = tree.names.type(tree.nodes[at].name, behind: start) {
                return (type, FHIRElement(tree: tree, index: at))
            }
            at = Int(tree.nodes[at].next)
        }
        return nil
    }

    /// The value as written, not marked; nil where it has none or an empty one.
    var peek: String? {
        guard let text = tree.text(index), !text.isEmpty else { return nil }
        return text
    }

    /// The value as written, marked as taken.
    var text: String? {
        guard let text = peek else { return nil }
        tree.take(index)
        return text
    }

    /// The value of a child, marked as taken.
    func text(_ name: StaticString) -> String? { self[name]?.text }

    /// The value of a child, not marked.
    func peek(_ name: StaticString) -> String? { self[name]?.peek }

    /// A flag, marked as taken where it is one.
    func flag(_ name: StaticString) -> Bool? {
        guard let flag = self[name], let word = flag.peek, word == "true" || word == "false" else {
            return nil
        }
        return flag.text == "true"
    }

    /// Whether a flag is set, marked as taken only then: a flag that is not set changes no entry.
    func isSet(_ name: StaticString) -> Bool {
        guard let flag = self[name], flag.peek == "true" else { return false }
        return flag.text != nil
    }

    /// The type of the resource that it is; nil for an element that is none.
    var resourceType: String? { peek("resourceType") }

    /// Names from the document down, those of FHIR alone: a sender's own are left out.
    var path: String { tree.path(index) }
}
