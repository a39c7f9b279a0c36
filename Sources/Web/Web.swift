// Web: see docs/architecture.md.
