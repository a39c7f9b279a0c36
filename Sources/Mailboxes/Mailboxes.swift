// Mailboxes: see docs/architecture.md.
