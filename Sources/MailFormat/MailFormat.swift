// MailFormat: raw mail to messages and back, safe HTML, quotes and signatures cut, automatic mail told from people.

// Where to begin:
// - Reading/GMimeMailReader is the `MailReader`: bytes come in, a whole `Message` comes out. `MessageAssembly` is its
//   table of contents: headers, words, attachments, judgements, in that order.
// - MIME/ reads the form: header block, parts, transfer encodings, the grammar of header values. Bytes/ is below it:
//   lines, charsets, lower case, many phrases found in one pass.
// - HTML/ makes markup harmless (`SafeHTML`, an allow-list) and makes text of it (`HTMLText`).
// - Quoting/ finds what the sender wrote anew, what they quoted and how they signed.
// - Judging/ says which kind a mail is and whether it may be answered; Trust/ whether its From can be believed.
// - Composing/RFC5322Composer is the `MailComposer`: the way back to bytes.
//
// Everything here is linear in its input and bounded by `MailLimits`; nothing recurses over what a sender wrote. C
// strings end at NUL, so bytes and lengths are passed wherever text may hold one.
