/// The columns that an adapter of tables knows, by its own names: what a profile may rename.
public enum TableColumns {
    /// The names of an adapter's columns; nil where the adapter reads no tables, or is not ours.
    public static func names(of adapter: String) -> Set<String>? {
        switch adapter {
        case ScannedNotesManifestAdapter.name: Set(ScannedNotesManifestAdapter.columns)
        case LetterDropAdapter.name: Set(LetterDropAdapter.columns)
        case AppointmentListAdapter.name: Set(AppointmentListAdapter.columns)
        default: nil
        }
    }
}
