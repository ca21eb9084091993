import PortalAudit
import PortalIdentity
package import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

extension AccessGate {
    package func explain(
        _ entry: EntryID,
        of patient: SourcePatientID?,
        for reader: Principal,
        _ look: Look
    ) throws -> Released<Explanation> {
        let record = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        let chain = record?.chains.first { $0.holds(entry) }
        var explanation = Explanation(isFound: false, decision: nil)
        if let record, let chain {
            var question = look
            question.principal = reader
            let policy = try policy(record, question)
            let isOfficer = hasDuty("explain", look)
            // To a reader who may not know of it, the entry is not there (DESIGN P7).
            if isOfficer || policy.permits(.know, on: facts(chain)) {
                explanation = Explanation(
                    isFound: true,
                    decision: policy.decide(.read, facts(chain))
                )
            }
        }
        var event = event(look, .explain, record, explanation.isFound ? .permitted : .nothingFound)
        event.entries = [entry.rawValue]
        event.detail = ["reader": reader.person]
        return try release(explanation, event)
    }
}
