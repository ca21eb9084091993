/// The rows, in the order of the table.
///
/// The first is the yardstick of the ratios.
enum Measurements {
    static func all(python: String?, peers: String) -> [any Measurement] {
        var rows: [any Measurement] = [
            CLoop(),
            BytesToTree(),
            BytesToEntries(),
        ]
        if let python { rows.append(PythonHL7(python: python, script: peers + "/python_hl7.py")) }
        return rows
    }
}
