// MailFormat: see docs/architecture.md.
