import PortalPolicy
import PortalRecord
import PortalStore
import PortalTimeline

extension AccessGate {
    /// Who the person is, and where they are now as far as the reader may know.
    func banner(
        _ record: ArrangedRecord,
        _ visible: VisibleChains,
        _ moment: Instant
    ) -> PersonBanner {
        let banner = record.banner
        // Where the person is now is told by attendances that may be shown, and by no others.
        let present = record.episodes.filter { $0.state == "in progress" }
        let shown =
            present.isEmpty ? [] : visible.chains.filter { $0.kind == .encounter }
        let now = present.filter { episode in shown.contains { $0.holds(episode.entry) } }
        return PersonBanner(
            name: banner.name,
            birthDate: banner.birthDate,
            age: banner.birthDate.flatMap { birth in
                Age.years(from: birth, to: banner.deceasedAt?.span.start ?? moment.milliseconds)
            },
            number: banner.identifiers.first { $0.nationalNumber != nil }?.value
                ?? banner.identifiers.first?.value,
            location: now.max {
                ($0.from?.span.start ?? .min, $0.entry) < ($1.from?.span.start ?? .min, $1.entry)
            }?.location,
            isDeceased: banner.isDeceased,
            deceasedAt: banner.deceasedAt,
            generalPractice: banner.generalPractice.map { person in
                person.name?.spoken ?? person.identifier?.value ?? ""
            }
        )
    }
}
