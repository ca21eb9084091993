// Stands in for the type that the library's own list of adapters (Sources/ClinicalPortal/
// LibraryAdapters.swift, compiled beside this file) is written on: an adapter that joins the list
// is fuzzed, and no store or page has to be compiled for it.

/// Holds the list.
public enum Portal {}
