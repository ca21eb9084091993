import PortalIntake
import PortalRecord

/// One resource of a document, with what others call it.
struct FHIRResource {
    let type: String
    let element: FHIRElement
    /// The bundle's entry that it stands in; nil outside a bundle.
    let entry: FHIRElement?
    /// The resource that holds it, where it is contained.
    let holder: Int?

    /// The bundle entry's `fullUrl`; nil outside a bundle.
    var fullURL: String? { entry?.peek("fullUrl") }

    var id: String? { element.peek("id") }

    /// `Type/id`, as a reference within one server names it.
    var local: String? { id.map { type + "/" + $0 } }
}

/// A FHIR document while it is read: its resources, found by what refers to them.
///
/// - Rule: FHIR R4, "Resolving references in Bundles": by `fullUrl`, by `Type/id`, `#id` inside the
///   resource that contains it, and by identifier.
final class FHIRReading {
    let tree: FHIRTree
    var document: SourceDocument { tree.document }
    private(set) var resources: [FHIRResource] = []
    private var byURL = FHIRIndex()
    /// Made when a reference first names an identifier: most name a URL.
    private lazy var byIdentifier = identifiers()
    private lazy var questionnaires = questionnairesByURL()
    /// Whether an entry states a resource, so that none is told twice.
    private var told: [Bool] = []
    /// What `Bundle.timestamp` says.
    let messageTime: PartialDate?

    init(_ tree: FHIRTree) {
        self.tree = tree
        messageTime = tree.root.resourceType == "Bundle" ? tree.root.date("timestamp") : nil
        collect(tree.root, in: nil, holder: nil)
        for (place, resource) in resources.enumerated() { index(resource, place) }
        told = [Bool](repeating: false, count: resources.count)
    }

    /// Resources wherever FHIR has them: the document's own, a bundle's, a `Parameters`', contained.
    private func collect(_ element: FHIRElement, in entry: FHIRElement?, holder: Int?) {
        guard let type = element.resourceType, let name = element["resourceType"] else { return }
        // Of what only helps others the type stands in no entry; of others it is taken with the entry.
        if FHIRAssembly.helpers.contains(type) { tree.ignore(name, by: .structure) }
        switch type {
        case "Bundle":
            _ = name.text
            for entry in element.all("entry") {
                guard let resource = entry["resource"] else { continue }
                collect(resource, in: entry, holder: holder)
            }
        case "Parameters":
            _ = name.text
            parameters(element)
        default:
            let place = resources.count
            resources.append(
                FHIRResource(
                    type: type,
                    element: element,
                    entry: entry,
                    holder: holder
                )
            )
            for inner in element.all("contained") {
                collect(inner, in: nil, holder: holder ?? place)
            }
        }
    }

    private func parameters(_ element: FHIRElement) {
        for parameter in element.all("parameter") + element.all("part") {
            if let resource = parameter["resource"] {
                collect(resource, in: nil, holder: nil)
            }
            parameters(parameter)
        }
    }

    private func index(_ resource: FHIRResource, _ place: Int) {
        for name in names(of: resource) {
            byURL.add(name, at: place) { names(of: resources[$0]).contains(name) }
        }
    }

    /// What references call a resource: inside its holder by that and `#id`.
    private func names(of resource: FHIRResource) -> [String] {
        if let holder = resource.holder {
            return resource.id.map { [Self.contained(holder, "#" + $0)] } ?? []
        }
        return [resource.fullURL, resource.local].compactMap { $0 }
    }

    private static func contained(_ holder: Int, _ written: String) -> String {
        String(holder) + written
    }

    /// The place of what a URL names.
    func find(_ url: String) -> Int? {
        byURL.find(url) { names(of: resources[$0]).contains(url) }
    }

    private func identifiers() -> [Identifier: Int] {
        var found: [Identifier: Int] = [:]
        for (place, resource) in resources.enumerated() where resource.holder == nil {
            for identifier in resource.element.all("identifier") {
                guard let value = identifier.peek("value"), let system = identifier.peek("system")
                else { continue }
                let key = Identifier(system: system, value: value)
                found[key] = found[key] ?? place
            }
        }
        return found
    }

    // MARK: References

    /// The resource that a `Reference` names; nil where it is not in the document.
    func resolve(
        _ reference: FHIRElement?,
        from place: Int,
        isTaken: Bool = true
    ) -> Int? {
        guard let reference else { return nil }
        if let written = reference.peek("reference") {
            let found: Int?
            if written.hasPrefix("#") {
                let holder = resources[place].holder ?? place
                found = find(Self.contained(holder, written))
            } else {
                found = find(written) ?? Self.relative(written).flatMap { find($0) }
            }
            if let found {
                if isTaken { _ = reference.text("reference") }
                return found
            }
        }
        guard let identifier = reference["identifier"], let value = identifier.peek("value"),
            let system = identifier.peek("system")
        else { return nil }
        return byIdentifier[Identifier(system: system, value: value)]
    }

    /// `Type/id` of a reference to a version, or of an absolute one; nil where it is that already.
    private static func relative(_ written: String) -> String? {
        let slash = UInt8(ascii: "/")
        func lastTwo(_ url: Substring.UTF8View) -> String.Index? {
            guard let last = url.lastIndex(of: slash) else { return nil }
            return url[..<last].lastIndex(of: slash)
        }
        var url = Substring(written).utf8
        guard let found = lastTwo(url) else { return nil }
        let behind = url[url.index(after: found)...]
        guard behind.starts(with: "_history/".utf8) else { return String(behind) }
        url = url[..<found]
        guard let start = lastTwo(url) else { return String(url) }
        return String(url[url.index(after: start)...])
    }

    /// The title of the questionnaire that a canonical URL names, its version left aside.
    func definition(_ url: String) -> String? {
        guard let bare = url.split(separator: "|").first,
            let place = questionnaires[String(bare)]
        else { return nil }
        return resources[place].element.text("title")
    }

    private func questionnairesByURL() -> [String: Int] {
        var found: [String: Int] = [:]
        for (place, resource) in resources.enumerated() where resource.type == "Questionnaire" {
            guard let url = resource.element.peek("url") else { continue }
            found[url] = found[url] ?? place
        }
        return found
    }

    /// A resource is stated by an entry, and its type with it.
    func tell(_ place: Int) {
        told[place] = true
        if FHIRAssembly.isRead(resources[place].type) {
            _ = resources[place].element.text("resourceType")
        }
    }

    func isTold(_ place: Int) -> Bool { told[place] }

    // MARK: Who took part

    /// The people and organisations of references, with the role that the field gives them.
    func participants(_ references: [FHIRElement], role: String, from place: Int) -> [Practitioner]
    {
        references.compactMap { participant($0, role: role, from: place) }
    }

    func participant(_ reference: FHIRElement, role: String, from place: Int) -> Practitioner? {
        let display = reference.text("display")
        guard let found = resolve(reference, from: place) else {
            let identifier = reference["identifier"]?.identifier
            let written = reference.text("reference").map { Identifier(system: nil, value: $0) }
            let name = display.map { HumanName(family: $0) }
            guard name != nil || identifier != nil || written != nil else { return nil }
            return Practitioner(identifier: identifier ?? written, name: name, role: role)
        }
        let resource = resources[found]
        if resource.type == "PractitionerRole" {
            let who = resource.element["practitioner"] ?? resource.element["organization"]
            let inner = who.flatMap { participant($0, role: role, from: found) }
            return inner ?? named(resource, display, role)
        }
        return named(resource, display, role)
    }

    private func named(_ resource: FHIRResource, _ display: String?, _ role: String) -> Practitioner
    {
        let isPerson = ["Practitioner", "Patient", "RelatedPerson"].contains(resource.type)
        let name: HumanName?
        if isPerson {
            name = resource.element.mainName
        } else {
            let words =
                resource.element.text("name") ?? resource.element["deviceName"]?.text("name")
            name = words.map { HumanName(family: $0) }
        }
        return Practitioner(
            identifier: resource.element.firstIdentifier(),
            name: name ?? display.map { HumanName(family: $0) },
            role: role
        )
    }

    /// What an organisation is called.
    func organisation(_ reference: FHIRElement?, from place: Int) -> String? {
        guard let reference else { return nil }
        if let found = resolve(reference, from: place) {
            let resource = resources[found]
            if resource.type == "PractitionerRole" {
                return organisation(resource.element["organization"], from: found)
            }
            guard resource.type == "Organization" else { return nil }
            if let name = resource.element.text("name") { return name }
        }
        let isOrganisation = reference.peek("reference")?.contains("Organization") ?? false
        guard isOrganisation || reference.peek("type") == "Organization" else { return nil }
        return reference.text("display")
    }

    /// A ward, clinic or place that a reference names.
    func location(_ reference: FHIRElement?, from place: Int) -> Location? {
        guard let reference else { return nil }
        let display = reference.text("display")
        let found = resolve(reference, from: place).map { resources[$0].element }
        let words = found?.text("name") ?? display
        return words.map { Location(pointOfCare: $0) }
    }
}
