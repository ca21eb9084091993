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
        let now = record.episodes.filter { episode in
            episode.state == "in progress"
                && record.chains(of: episode).contains(where: visible.contains)
        }
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
