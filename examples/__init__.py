"""Example pages with the assistant on them: a clinic's website and a patient portal."""
