/// The rows, in the order of the table.
///
/// The first is the yardstick of the ratios.
enum Measurements {
    static func all(python: String?, peers: String) -> [any Measurement] {
        var rows: [any Measurement] = [
            CLoop(),
            BytesToTree(),
            // Rows over the rooms above the syntax go here: "bytes → entries",
            // "page of a 200-entry record".
        ]
        if let python { rows.append(PythonHL7(python: python, script: peers + "/python_hl7.py")) }
        return rows
    }
}
