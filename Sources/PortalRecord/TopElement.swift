/// One element of the first screen, and which entries it shows.
///
/// No site sends a "Top 16 feed": each element is a map from what silos send (SAFETY "The first
/// screen"). The sixteen of ``proposed`` are a proposal from published record standards: no
/// published source gives Glasgow's own.
public struct TopElement: Hashable, Sendable, Codable {
    /// Its name, such as `allergies`.
    public var name: String
    /// What clinicians call it.
    public var label: String
    /// Which entries it shows; any rule suffices.
    public var rules: [ElementRule]
    /// How many rows the first screen shows; the rest are counted.
    public var rowsMax: Int

    /// Builds an element.
    public init(name: String, label: String, rules: [ElementRule], rowsMax: Int = 5) {
        self.name = name
        self.label = label
        self.rules = rules
        self.rowsMax = rowsMax
    }
}

/// Which entries belong to an element: those that fit every list that is not empty.
public struct ElementRule: Hashable, Sendable, Codable {
    /// Kinds of entry.
    public var kinds: [EntryKind]
    /// Silos; empty for all.
    public var silos: [String]
    /// The senders' types and subtypes, compared without regard to case: document types,
    /// laboratory sections, categories; empty for all.
    public var types: [String]
    /// Codes of what was asked, observed or stated; empty for all.
    public var codes: [String]
    /// Days that the first screen looks back; older entries are counted and stay on the timeline.
    public var lookBackDays: Int?

    /// Builds a rule.
    public init(
        kinds: [EntryKind],
        silos: [String] = [],
        types: [String] = [],
        codes: [String] = [],
        lookBackDays: Int? = nil
    ) {
        self.kinds = kinds
        self.silos = silos
        self.types = types
        self.codes = codes
        self.lookBackDays = lookBackDays
    }

    /// Whether the rule names more than kinds: then it goes before rules that do not.
    public var isSpecific: Bool { !silos.isEmpty || !types.isEmpty || !codes.isEmpty }

    /// Whether an entry fits.
    public func covers(kind: EntryKind, silo: String, types own: [String], codes: [String]) -> Bool
    {
        kinds.contains(kind) && (silos.isEmpty || silos.contains(silo))
            && (types.isEmpty
                || types.contains { type in own.contains { ElementRule.same($0, type) } })
            && (self.codes.isEmpty || !Set(self.codes).isDisjoint(with: codes))
    }

    private static func same(_ one: String, _ two: String) -> Bool {
        one.utf8.count == two.utf8.count
            && zip(one.utf8, two.utf8).allSatisfy { left, right in
                lower(left) == lower(right)
            }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte + 32 : byte
    }
}

extension TopElement {
    /// The element that a chain belongs to: the first specific rule that fits, else the first
    /// general one; nil where none fits.
    public static func index(
        in elements: [TopElement],
        kind: EntryKind,
        silo: String,
        types: [String],
        codes: [String]
    ) -> (element: Int, rule: ElementRule)? {
        for isSpecific in [true, false] {
            for (index, element) in elements.enumerated() {
                for rule in element.rules where rule.isSpecific == isSpecific {
                    if rule.covers(kind: kind, silo: silo, types: types, codes: codes) {
                        return (index, rule)
                    }
                }
            }
        }
        return nil
    }

    /// The sixteen in their default order, and what is shown of letters that no map knows.
    ///
    /// - Rule: SAFETY "The first screen"; HL7 v2.5.1 tables 0074 (sections) and 0270 (documents).
    public static let proposed: [TopElement] = [
        TopElement(
            name: "alerts",
            label: "Alerts",
            rules: [ElementRule(kinds: [.flag])],
            rowsMax: 20
        ),
        TopElement(
            name: "allergies",
            label: "Allergies and adverse reactions",
            rules: [ElementRule(kinds: [.allergyIntolerance])],
            rowsMax: 50
        ),
        TopElement(
            name: "plans",
            label: "Resuscitation and anticipatory care plan",
            rules: [ElementRule(kinds: [.carePlan])],
            rowsMax: 10
        ),
        TopElement(
            name: "medicines",
            label: "Medicines",
            rules: [ElementRule(kinds: [.medicationStatement])],
            rowsMax: 50
        ),
        TopElement(
            name: "problems",
            label: "Problems",
            rules: [ElementRule(kinds: [.condition])],
            rowsMax: 20
        ),
        TopElement(
            name: "attendances",
            label: "Attendances and next booked",
            rules: [ElementRule(kinds: [.encounter, .appointment])]
        ),
        TopElement(
            name: "blood results",
            label: "Blood results",
            rules: [ElementRule(kinds: [.diagnosticReport])]
        ),
        TopElement(
            name: "microbiology",
            label: "Microbiology and virology",
            rules: [
                ElementRule(
                    kinds: [.diagnosticReport],
                    types: ["MB", "MIC", "MCB", "MYC", "PAR", "VR", "VIR", "SR"]
                )
            ]
        ),
        TopElement(
            name: "imaging",
            label: "Imaging and physiology",
            rules: [
                ElementRule(
                    kinds: [.diagnosticReport],
                    types: [
                        "RAD", "RX", "XRC", "CT", "CUS", "OUS", "VUS", "RUS", "US", "NMR", "MRI",
                        "NMS", "EC", "ECG", "ECHO", "CG", "PHY",
                        // FHIR's categories of observations that no laboratory made.
                        "imaging", "vital-signs", "exam", "procedure", "therapy", "activity",
                        "survey", "social-history", "vital signs", "social history",
                        "functional status",
                        "family history",
                    ]
                ),
                ElementRule(kinds: [.clinicalDocument], types: ["DI", "CD"]),
            ]
        ),
        TopElement(
            name: "pathology",
            label: "Pathology and cytology",
            rules: [
                ElementRule(
                    kinds: [.diagnosticReport],
                    types: ["SP", "CP", "PAT", "HIS", "CYT", "HP"]
                ),
                ElementRule(kinds: [.clinicalDocument], types: ["SP"]),
            ]
        ),
        TopElement(
            name: "discharge letters",
            label: "Discharge letters",
            rules: [
                ElementRule(
                    kinds: [.clinicalDocument],
                    types: ["DS", "DIS", "TS", "discharge letter", "discharge summary", "18842-5"]
                )
            ]
        ),
        TopElement(
            name: "clinic letters",
            label: "Clinic letters",
            rules: [
                ElementRule(
                    kinds: [.clinicalDocument],
                    types: ["CN", "CLI", "clinic letter", "outpatient letter", "11488-4"]
                )
            ]
        ),
        TopElement(name: "referrals", label: "Referrals", rules: [ElementRule(kinds: [.referral])]),
        TopElement(
            name: "operations",
            label: "Operations and procedures",
            rules: [
                ElementRule(kinds: [.procedure]),
                ElementRule(
                    kinds: [.clinicalDocument],
                    types: ["OP", "PN", "operation note", "11504-8"]
                ),
            ]
        ),
        TopElement(
            name: "scanned notes",
            label: "Scanned notes",
            rules: [ElementRule(kinds: [.scannedDocument])]
        ),
        TopElement(
            name: "contacts",
            label: "GP and next of kin",
            rules: [ElementRule(kinds: [.relatedPerson])],
            rowsMax: 10
        ),
        TopElement.otherLetters,
    ]

    /// Letters whose type no map knows: here, never nowhere.
    public static let otherLetters = TopElement(
        name: "other letters",
        label: "Other letters",
        rules: [ElementRule(kinds: [.clinicalDocument])]
    )
}

extension AllergyIntolerance {
    /// What the source states that the person has none of, in its extent; nil where it states an
    /// allergy, or none of one kind of food or surroundings alone.
    ///
    /// An assertion, and no silence; of drugs alone it is said of drugs alone.
    ///
    /// - Rule: SAFETY S13, S19; SNOMED CT 716186003 and 409137002; HL7 senders' `NKA`, `NKDA`.
    public var noneKnown: String? {
        let coded = Set(code.codings.compactMap { $0.code?.uppercased() })
        let words = NameFolding.fold(code.words ?? "")
        if !coded.isDisjoint(with: ["716186003", "NKA"])
            || ["noknownallergies", "noknownallergy", "nilknown", "nka"].contains(words)
        {
            return "No known allergies"
        }
        if !coded.isDisjoint(with: ["409137002", "NKDA"])
            || ["noknowndrugallergies", "noknowndrugallergy", "nkda"].contains(words)
        {
            return "No known drug allergies"
        }
        return nil
    }
}
