import HL7v2Syntax
import PortalIntake
import PortalRecord

/// The protection of a visit, which holds for all that is sent with it.
///
/// - Rule: SAFETY S21; HL7 v2.5.1 ch. 3 s. 3.4.4.22.
extension HL7v2Reading {
    /// PV2-22 (visit protection) puts a label on; PV1-16 (VIP) does where the dialect maps its code,
    /// as it says who someone is and not who may look.
    func visitLabels(_ segments: [Int]) -> Set<SecurityLabel> {
        var labels: Set<SecurityLabel> = []
        for segment in segments {
            switch message.name(segment) {
            case .pv1:
                if let code = peek(segment, 16), let label = document.dialect.labels[code] {
                    labels.insert(label)
                }
            case .pv2: if let label = label(segment, 22) { labels.insert(label) }
            default: break
            }
        }
        return labels
    }
}
