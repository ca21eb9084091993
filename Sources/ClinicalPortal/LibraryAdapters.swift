import EDIFACTAdapters
import ExtractAdapters
import FHIRAdapters
import HL7v2Adapters
public import PortalIntake
import XMLAdapters

extension Portal {
    /// The adapters that the library has.
    ///
    /// An adapter of your own stands before them, so that it is asked first:
    ///
    ///     Portal(profile: profile, storage: storage, journal: journal,
    ///            adapters: [DispensingAdapter()] + Portal.libraryAdapters)
    public static let libraryAdapters: [any SourceAdapter] = [
        HL7v2AttendanceAdapter(), HL7v2LabReportAdapter(), HL7v2DocumentAdapter(),
        HL7v2ReferralAdapter(), HL7v2ScheduleAdapter(), HL7v2OrderAdapter(),
        HL7v2VaccinationAdapter(), ScannedNotesManifestAdapter(),
        LetterDropAdapter(), AppointmentListAdapter(), TopElementsAdapter(),
        GPEmergencySummaryAdapter(), PalliativeSummaryAdapter(), SocialCareAdapter(),
        GPEmergencySummaryXMLAdapter(), SCIStoreResultAdapter(), SCIStoreDocumentAdapter(),
        SCIGatewayReferralAdapter(), CDADocumentAdapter(), XDSMetadataAdapter(),
        FHIRBundleAdapter(), EDIFACTLabReportAdapter(), EDIFACTRadiologyReportAdapter(),
    ]
}
