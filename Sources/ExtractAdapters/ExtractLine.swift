import JSONSyntax
import PortalIntake

/// What a line of JSON says of itself: enough to choose its adapter.
struct ExtractLine {
    /// The extract that it belongs to.
    private(set) var extract: String?
    /// What it states.
    private(set) var type: String?
    /// Whether it says whom it is about.
    private(set) var hasPatient = false

    /// Nil for what is no line of an extract: a FHIR resource above all, which may be very large.
    init?(_ document: SourceDocument) {
        var isResource = false
        JSONOutline.visit(document.bytes) { name, string in
            switch name {
            case "resourceType": isResource = true
            case "extract": extract = string
            case "type": type = string
            case "patient": hasPatient = true
            default: break
            }
            return !isResource
        }
        if isResource { return nil }
    }
}
