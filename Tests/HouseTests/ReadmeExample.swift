import ClinicalPortal

/// The README's example, word for word between the two marks; `ReadmeTests` compares them.
func readmeExample(_ print: (String) -> Void) throws {
    // README begins
    let profile = try SiteProfile(
        yaml: """
            silos:
              laboratory: {label: Laboratory results, zone: Europe/London}
            access:
              roles:
                duty-doctor: {may: [know, read], needsRelationship: false}
            people:
              dr.lee: {roles: [duty-doctor]}
            """
    )
    let portal = Portal(profile: profile, storage: .inMemory(), journal: MemoryAuditJournal())
    let message =
        "MSH|^~\\&|LIMS|LAB|||20260302||ORU^R01|1|P|2.5.1\r"
        + "PID|||9990000018^^^NHS^NH||LEE^Ann||19510303|F\r"
        + "OBR|1||26B1^LAB|FBC^Full blood count^L|||20260302\r"
        + "OBX|1|NM|HB^Haemoglobin^L||69|g/L|||||F\r"
    let now = Instant(milliseconds: 1_772_500_000_000)
    try portal.receive(Array(message.utf8), silo: "laboratory", name: "one.hl7", at: now)
    if let reader = profile.person("dr.lee") {
        let page = try portal.timeline(of: try portal.find("9990000018"), as: reader, at: now)
        print(TimelineView.text(page))
    }
    // README ends
}
