/// A transaction bundle of one invented person: observations, and reports that name them.
///
/// - Shape: indented JSON; 5,000 observations make about 9 MB.
struct InventedBundle {
    private let random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static let tests = [
        ("718-7", "Haemoglobin", "g/L", 130, 180), ("2951-2", "Sodium", "mmol/L", 133, 146),
        ("2823-3", "Potassium", "mmol/L", 3, 5), ("2160-0", "Creatinine", "umol/L", 59, 104),
        ("1988-5", "C reactive protein", "mg/L", 0, 5), ("2276-4", "Ferritin", "ug/L", 30, 400),
    ]

    func bytes(observations: Int) -> [UInt8] {
        var random = random
        let person = Self.uuid(&random)
        var text = #"{"resourceType": "Bundle", "type": "transaction", "entry": ["#
        text += Self.entry(
            person,
            """
            "resourceType": "Patient",
                    "id": "\(person)",
                    "identifier": [
                      {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}
                    ],
                    "name": [{"use": "official", "family": "Invented", "given": ["Anna"]}],
                    "gender": "female",
                    "birthDate": "1951-03-03"
            """
        )
        var group: [String] = []
        for index in 0..<observations {
            let id = Self.uuid(&random)
            text += "," + Self.entry(id, Self.observation(id, person, index, &random))
            group.append("{\"reference\": \"urn:uuid:\(id)\"}")
            if group.count == 8 || index == observations - 1 {
                let report = Self.uuid(&random)
                text += "," + Self.entry(report, Self.report(report, person, group, index))
                group = []
            }
        }
        text += "\n]}\n"
        return Array(text.utf8)
    }

    private static func uuid(_ random: inout SplitMix64) -> String {
        let halves = (0..<2).map { _ in String(random.next() | 1 << 63, radix: 16) }
        let digits = halves.joined()
        var text = ""
        for (place, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(place) { text += "-" }
            text.append(digit)
        }
        return text
    }

    private static func entry(_ id: String, _ resource: String) -> String {
        """

            {
              "fullUrl": "urn:uuid:\(id)",
              "resource": {
                \(resource)
              },
              "request": {"method": "POST", "url": "Resource"}
            }
        """
    }

    private static func time(_ index: Int) -> String {
        let day = String(101 + index % 28).suffix(2)
        let month = String(101 + index / 28 % 12).suffix(2)
        return "\(2010 + index / 336 % 15)-\(month)-\(day)T09:30:00+01:00"
    }

    private static func observation(
        _ id: String,
        _ person: String,
        _ index: Int,
        _ random: inout SplitMix64
    ) -> String {
        let test = tests[random.number(0...(tests.count - 1))]
        let value = random.number((test.3 * 8)...(test.4 * 12))
        return """
            "resourceType": "Observation",
                    "id": "\(id)",
                    "status": "final",
                    "category": [
                      {
                        "coding": [
                          {
                            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                            "code": "laboratory",
                            "display": "Laboratory"
                          }
                        ]
                      }
                    ],
                    "code": {
                      "coding": [
                        {"system": "http://loinc.org", "code": "\(test.0)", "display": "\(test.1)"}
                      ],
                      "text": "\(test.1)"
                    },
                    "subject": {"reference": "urn:uuid:\(person)"},
                    "effectiveDateTime": "\(time(index))",
                    "issued": "\(time(index))",
                    "valueQuantity": {
                      "value": \(value / 10).\(value % 10),
                      "unit": "\(test.2)",
                      "system": "http://unitsofmeasure.org",
                      "code": "\(test.2)"
                    },
                    "referenceRange": [
                      {
                        "low": {"value": \(test.3), "unit": "\(test.2)"},
                        "high": {"value": \(test.4), "unit": "\(test.2)"}
                      }
                    ]
            """
    }

    private static func report(
        _ id: String,
        _ person: String,
        _ group: [String],
        _ index: Int
    ) -> String {
        """
        "resourceType": "DiagnosticReport",
                "id": "\(id)",
                "status": "final",
                "code": {
                  "coding": [
                    {"system": "http://loinc.org", "code": "58410-2", "display": "Panel"}
                  ],
                  "text": "Panel"
                },
                "subject": {"reference": "urn:uuid:\(person)"},
                "effectiveDateTime": "\(time(index))",
                "issued": "\(time(index))",
                "result": [
                  \(group.joined(separator: ",\n              "))
                ]
        """
    }
}
