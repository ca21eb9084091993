import EDIFACTSyntax
import Testing
