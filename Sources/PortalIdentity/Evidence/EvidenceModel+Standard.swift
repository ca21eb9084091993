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
            .exact: Level(m: 0.63, u: 0.004),
            .near: Level(m: 0.13, u: 0.0011),
            .nickname: Level(m: 0.03, u: 0.0006),
            .exchanged: Level(m: 0.072, u: 6.2e-05),
            .similar: Level(m: 0.0051, u: 0.0024),
            .partial: Level(m: 0.0027, u: 0.0037),
            .different: Level(m: 0.12, u: 0.94),
            .missing: Level(m: 0.039, u: 0.05),
        ],
        .surname: [
            .exact: Level(m: 0.59, u: 0.004),
            .near: Level(m: 0.2, u: 0.00047),
            .exchanged: Level(m: 0.072, u: 6.2e-05),
            .similar: Level(m: 0.021, u: 0.0011),
            .partial: Level(m: 0.0076, u: 0.0017),
            .different: Level(m: 0.091, u: 0.97),
            .missing: Level(m: 0.026, u: 0.027),
        ],
        .birthDate: [
            .exact: Level(m: 0.87, u: 0.00031),
            .near: Level(m: 0.026, u: 0.00094),
            .dayMonthExchanged: Level(m: 0.004, u: 1.7e-05),
            .similar: Level(m: 0.0018, u: 0.013),
            .partial: Level(m: 0.00021, u: 0.0061),
            .different: Level(m: 0.058, u: 0.93),
            .missing: Level(m: 0.048, u: 0.05),
        ],
        .houseNumber: [
            .exact: Level(m: 0.76, u: 0.012),
            .near: Level(m: 0.054, u: 0.2),
            .similar: Level(m: 0.00021, u: 2.5e-06),
            .different: Level(m: 0.09, u: 0.7),
            .missing: Level(m: 0.097, u: 0.088),
        ],
        .street: [
            .exact: Level(m: 0.66, u: 0.00067),
            .near: Level(m: 0.19, u: 7.7e-05),
            .similar: Level(m: 0.027, u: 0.0012),
            .partial: Level(m: 0.00021, u: 0.0099),
            .different: Level(m: 0.073, u: 0.94),
            .missing: Level(m: 0.043, u: 0.044),
        ],
        .addressLine: [
            .exact: Level(m: 0.51, u: 0.00072),
            .near: Level(m: 0.19, u: 0.00014),
            .similar: Level(m: 0.021, u: 0.00079),
            .partial: Level(m: 0.00062, u: 0.0014),
            .different: Level(m: 0.059, u: 0.78),
            .missing: Level(m: 0.22, u: 0.21),
        ],
        .locality: [
            .exact: Level(m: 0.69, u: 0.0013),
            .near: Level(m: 0.2, u: 0.00016),
            .similar: Level(m: 0.014, u: 0.0011),
            .partial: Level(m: 0.00021, u: 0.002),
            .different: Level(m: 0.07, u: 0.97),
            .missing: Level(m: 0.026, u: 0.022),
        ],
        .region: [
            .exact: Level(m: 0.94, u: 0.22),
            .near: Level(m: 0.018, u: 0.016),
            .different: Level(m: 0.026, u: 0.74),
            .missing: Level(m: 0.018, u: 0.021),
        ],
        .postcode: [
            .exact: Level(m: 0.77, u: 0.0013),
            .near: Level(m: 0.19, u: 0.013),
            .similar: Level(m: 0.014, u: 0.11),
            .partial: Level(m: 0.05, u: 0.01),
            .different: Level(m: 0.02, u: 0.87),
            .missing: Level(m: 0.0001, u: 0.0001),
        ],
        .number: number,
        .verifiedNumber: number,
        .phone: number,
        .sex: [
            .exact: Level(m: 0.97, u: 0.5),
            .near: Level(m: 0.005, u: 0.005),
            .different: Level(m: 0.005, u: 0.46),
            .missing: Level(m: 0.02, u: 0.04),
        ],
        .other: [
            .exact: Level(m: 0.8, u: 0.05),
            .near: Level(m: 0.05, u: 0.01),
            .similar: Level(m: 0.03, u: 0.02),
            .partial: Level(m: 0.02, u: 0.05),
            .different: Level(m: 0.05, u: 0.77),
            .missing: Level(m: 0.05, u: 0.1),
        ],
    ]

    private static let number: [EvidenceLevel: Level] = [
        .exact: Level(m: 0.88, u: 0.00029),
        .near: Level(m: 0.07, u: 1.7e-05),
        .similar: Level(m: 0.001, u: 0.00024),
        .different: Level(m: 0.052, u: 1.0),
        .missing: Level(m: 0.0001, u: 0.0001),
    ]
}
