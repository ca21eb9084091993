extension EvidenceModel {
    /// The library's own.
    ///
    /// How often people agree with themselves: counted over the 2,434 true pairs of FEBRL 1 and 2
    /// (`portal identity train --truth`); FEBRL 3 and every other table were not looked at. What its
    /// generator does not make is set by hand: nicknames, day and month exchanged, the district of a British
    /// postcode, sex, anything else, and the telephone as the number. How often two people agree by
    /// chance is where a table of one's own starts from.
    public static let standard = EvidenceModel(
        version: "febrl 1 and 2, 2026-11-29",
        fields: measured
    )

    private static let measured: [EvidenceField: [EvidenceLevel: Level]] = [
        .givenName: [
            .exact: Level(ofOne: 0.63, ofTwo: 0.004),
            .near: Level(ofOne: 0.13, ofTwo: 0.0011),
            .nickname: Level(ofOne: 0.03, ofTwo: 0.0006),
            .exchanged: Level(ofOne: 0.072, ofTwo: 6.2e-05),
            .similar: Level(ofOne: 0.0051, ofTwo: 0.0024),
            .partial: Level(ofOne: 0.0027, ofTwo: 0.0037),
            .different: Level(ofOne: 0.12, ofTwo: 0.94),
            .missing: Level(ofOne: 0.039, ofTwo: 0.05),
        ],
        .surname: [
            .exact: Level(ofOne: 0.59, ofTwo: 0.004),
            .near: Level(ofOne: 0.2, ofTwo: 0.00047),
            .exchanged: Level(ofOne: 0.072, ofTwo: 6.2e-05),
            .similar: Level(ofOne: 0.021, ofTwo: 0.0011),
            .partial: Level(ofOne: 0.0076, ofTwo: 0.0017),
            .different: Level(ofOne: 0.091, ofTwo: 0.97),
            .missing: Level(ofOne: 0.026, ofTwo: 0.027),
        ],
        .birthDate: [
            .exact: Level(ofOne: 0.87, ofTwo: 0.00031),
            .near: Level(ofOne: 0.026, ofTwo: 0.00094),
            .dayMonthExchanged: Level(ofOne: 0.004, ofTwo: 1.7e-05),
            .similar: Level(ofOne: 0.0018, ofTwo: 0.013),
            .partial: Level(ofOne: 0.00021, ofTwo: 0.0061),
            .different: Level(ofOne: 0.058, ofTwo: 0.93),
            .missing: Level(ofOne: 0.048, ofTwo: 0.05),
        ],
        .houseNumber: [
            .exact: Level(ofOne: 0.76, ofTwo: 0.012),
            .near: Level(ofOne: 0.054, ofTwo: 0.2),
            .similar: Level(ofOne: 0.00021, ofTwo: 2.5e-06),
            .different: Level(ofOne: 0.09, ofTwo: 0.7),
            .missing: Level(ofOne: 0.097, ofTwo: 0.088),
        ],
        .street: [
            .exact: Level(ofOne: 0.66, ofTwo: 0.00067),
            .near: Level(ofOne: 0.19, ofTwo: 7.7e-05),
            .similar: Level(ofOne: 0.027, ofTwo: 0.0012),
            .partial: Level(ofOne: 0.00021, ofTwo: 0.0099),
            .different: Level(ofOne: 0.073, ofTwo: 0.94),
            .missing: Level(ofOne: 0.043, ofTwo: 0.044),
        ],
        .addressLine: [
            .exact: Level(ofOne: 0.51, ofTwo: 0.00072),
            .near: Level(ofOne: 0.19, ofTwo: 0.00014),
            .similar: Level(ofOne: 0.021, ofTwo: 0.00079),
            .partial: Level(ofOne: 0.00062, ofTwo: 0.0014),
            .different: Level(ofOne: 0.059, ofTwo: 0.78),
            .missing: Level(ofOne: 0.22, ofTwo: 0.21),
        ],
        .locality: [
            .exact: Level(ofOne: 0.69, ofTwo: 0.0013),
            .near: Level(ofOne: 0.2, ofTwo: 0.00016),
            .similar: Level(ofOne: 0.014, ofTwo: 0.0011),
            .partial: Level(ofOne: 0.00021, ofTwo: 0.002),
            .different: Level(ofOne: 0.07, ofTwo: 0.97),
            .missing: Level(ofOne: 0.026, ofTwo: 0.022),
        ],
        .region: [
            .exact: Level(ofOne: 0.94, ofTwo: 0.22),
            .near: Level(ofOne: 0.018, ofTwo: 0.016),
            .different: Level(ofOne: 0.026, ofTwo: 0.74),
            .missing: Level(ofOne: 0.018, ofTwo: 0.021),
        ],
        .postcode: [
            .exact: Level(ofOne: 0.77, ofTwo: 0.0013),
            .near: Level(ofOne: 0.19, ofTwo: 0.013),
            .similar: Level(ofOne: 0.014, ofTwo: 0.11),
            .partial: Level(ofOne: 0.05, ofTwo: 0.01),
            .different: Level(ofOne: 0.02, ofTwo: 0.87),
            .missing: Level(ofOne: 0.00021, ofTwo: 2.5e-06),
        ],
        .number: [
            .exact: Level(ofOne: 0.88, ofTwo: 0.00029),
            .near: Level(ofOne: 0.07, ofTwo: 1.7e-05),
            .similar: Level(ofOne: 0.001, ofTwo: 0.00024),
            .different: Level(ofOne: 0.052, ofTwo: 1.0),
            .missing: Level(ofOne: 0.00021, ofTwo: 2.5e-06),
        ],
        .verifiedNumber: [
            .exact: Level(ofOne: 0.88, ofTwo: 0.00029),
            .near: Level(ofOne: 0.07, ofTwo: 1.7e-05),
            .similar: Level(ofOne: 0.001, ofTwo: 0.00024),
            .different: Level(ofOne: 0.052, ofTwo: 1.0),
            .missing: Level(ofOne: 0.00021, ofTwo: 2.5e-06),
        ],
        .phone: [
            .exact: Level(ofOne: 0.88, ofTwo: 0.00029),
            .near: Level(ofOne: 0.07, ofTwo: 1.7e-05),
            .similar: Level(ofOne: 0.001, ofTwo: 0.00024),
            .different: Level(ofOne: 0.052, ofTwo: 1.0),
            .missing: Level(ofOne: 0.00021, ofTwo: 2.5e-06),
        ],
        .sex: [
            .exact: Level(ofOne: 0.97, ofTwo: 0.5),
            .near: Level(ofOne: 0.005, ofTwo: 0.005),
            .different: Level(ofOne: 0.005, ofTwo: 0.46),
            .missing: Level(ofOne: 0.02, ofTwo: 0.04),
        ],
        .other: [
            .exact: Level(ofOne: 0.8, ofTwo: 0.05),
            .near: Level(ofOne: 0.05, ofTwo: 0.01),
            .similar: Level(ofOne: 0.03, ofTwo: 0.02),
            .partial: Level(ofOne: 0.02, ofTwo: 0.05),
            .different: Level(ofOne: 0.05, ofTwo: 0.77),
            .missing: Level(ofOne: 0.05, ofTwo: 0.1),
        ],
    ]
}
