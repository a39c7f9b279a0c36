// Says when something new came in, keeps what is half written, knows the agent's name. The pages work without it.
"use strict";
(() => {
  const fresh = document.getElementById("fresh");
  let writing = false;
  document.addEventListener("input", () => { writing = true; });
  if (fresh && window.EventSource) {
    const source = new EventSource("/api/support/events");
    const show = () => { fresh.hidden = false; if (!writing) fresh.scrollIntoView({ block: "nearest" }); };
    // A reply that went out is nothing that came in: it is on its way since somebody here sent it.
    for (const kind of ["messageReceived", "ticketOpened", "ticketChanged", "ticketNote", "replyFailed", "replyInDoubt"]) {
      source.addEventListener(kind, show);
    }
  }

  // Setting a state, or looking elsewhere, loads the page anew: the words go with it until they were sent.
  const kept = (store, act) => { try { return act(window[store]); } catch { return null; } };
  const place = (field) => "deskbridge " + field.form.getAttribute("action");
  const done = new URLSearchParams(location.search).get("done");
  const ended = { sent: ["reply", "release"], discarded: ["release"], noted: ["note"] }[done] || [];
  for (const field of document.querySelectorAll("textarea[name=text]")) {
    if (ended.some((end) => place(field).endsWith("/" + end))) kept("sessionStorage", (store) => store.removeItem(place(field)));
    const words = kept("sessionStorage", (store) => store.getItem(place(field)));
    if (words && words !== field.value) {
      field.value = words; writing = true;
      const note = document.createElement("p");
      note.className = "small soft"; note.textContent = "This is what you had written and not sent.";
      field.after(note);
      const fold = field.closest("details"); if (fold) fold.open = true;
    }
    field.addEventListener("input", () => kept("sessionStorage", (store) => {
      if (field.value === field.defaultValue) store.removeItem(place(field)); else store.setItem(place(field), field.value);
    }));
  }
  // Said once: loading the page again must not say it again, nor throw away what was written since.
  if (done) history.replaceState(null, "", location.pathname);

  for (const field of document.querySelectorAll("input[name=agent]")) {
    if (!field.value) field.value = kept("localStorage", (store) => store.getItem("deskbridge-agent")) || "";
    field.form.addEventListener("submit", () => kept("localStorage", (store) => store.setItem("deskbridge-agent", field.value)));
  }
  for (const button of document.querySelectorAll("button[data-fill]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.fill), drafted = document.getElementById("drafted").textContent;
      const isWritten = ![drafted, field.defaultValue, ""].includes(field.value.trim());
      if (isWritten && !window.confirm("Replace what you have written with the draft?")) return;
      field.value = drafted;
      field.dispatchEvent(new Event("input", { bubbles: true })); field.focus();
    });
  }
})();
