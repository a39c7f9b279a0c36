// Rehearsal: see docs/architecture.md.
