// Says when something new came in. The pages work without it.
"use strict";
(() => {
  const fresh = document.getElementById("fresh");
  if (!fresh || !window.EventSource) return;
  const source = new EventSource("/api/support/events");
  let writing = false;
  document.addEventListener("input", () => { writing = true; });
  const show = () => { fresh.hidden = false; if (!writing) fresh.scrollIntoView({ block: "nearest" }); };
  for (const kind of ["messageReceived", "ticketOpened", "ticketChanged", "ticketNote", "replySent", "replyFailed", "replyInDoubt"]) {
    source.addEventListener(kind, show);
  }
})();
