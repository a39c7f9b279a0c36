// Reports turns figures, conversations and replies into HTML and text, by templates that users may edit.

/// Where to begin:
///
/// - `MustacheReportMaker` is the seam's implementation (`ReportMaker`): mails, digest, reports. It is made once at the
///   start and refuses templates that do not parse or that name what does not exist.
/// - `PageMaker` renders the admin pages and the chat for Web, from the same shelf.
/// - `Templates/` reads and checks the files of `templates/`, which `CTemplates` carries in the binary.
/// - `Figures/` computes and words numbers; `Views/` turns values into what templates see; `Mail/` dresses replies.
///
/// A *view* is a dictionary in which every name is present: what is not there is `Absent`, so that no name is found by
/// chance further out. Texts are escaped when rendered (`SafeText`), never before.
package enum Reports {}
