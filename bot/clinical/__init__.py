"""Pure decisions: triage and the checklist. No framework."""
