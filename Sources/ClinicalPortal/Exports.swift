// One import for a backend: what the façade's signatures need comes with it (PITFALLS 0.15).
@_exported public import PortalAccess
@_exported public import PortalAudit
@_exported public import PortalIntake
@_exported public import PortalPolicy
@_exported public import PortalRecord
@_exported public import PortalStore
@_exported public import PortalTimeline
@_exported public import PortalViews
