// Web is the door over HTTP: the API, webhooks, the chat, live events, and the pages of the desk.

/// Where to begin:
///
/// | file | holds |
/// | --- | --- |
/// | `WebServer.swift` | the service: listens, puts routes and guards together |
/// | `WebSettings.swift`, `WebSeams.swift` | what it is told and what it works through |
/// | `Access/` | who calls (keys, sessions, chat tokens), how often, from where |
/// | `Routes/` | one file a family of calls; `templates/web/openapi.json` describes the API |
/// | `Events/` | server-sent events from the history, resumable |
/// | `Doors/` | webhook signatures, checked over raw bytes before anything is parsed; the commands' unix socket |
/// | `Wire/` | the JSON of the API, which the commands print too |
///
/// Every error leaves as an RFC 9457 problem document (a page for browsers under `/admin`). No text of a customer is
/// logged.
package enum WebGuide {}
