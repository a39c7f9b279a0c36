// The chat page: sends a message, shows what is being done, then the answer. It keeps the token of its one conversation
// for as long as the tab is open, or on this device where the visitor wishes so, and shows it again when it is loaded.
"use strict";
(() => {
  const log = document.getElementById("log"), form = document.getElementById("form"), text = document.getElementById("text");
  const state = document.getElementById("state"), human = document.getElementById("human"), send = form.querySelector("button");
  const keep = document.getElementById("keep"), keepLine = document.getElementById("keep-line"), anew = document.getElementById("anew");
  const mail = document.getElementById("mail"), address = document.getElementById("address");
  const place = "deskbridge-chat";
  const also = document.getElementById("also"), alsoTo = document.getElementById("also-to"), change = document.getElementById("change");
  const waits = "A person will read this and answer you here.", added = "Added: the person who reads this sees it too.";
  let chat = { conversationId: null, token: null, email: null }, lastEvent = "", stop = null, isWithPerson = false;
  const shown = new Set();
  // Whoever reads the end goes on reading it, when words come in and when the form for the address opens or closes.
  let isAtEnd = true;
  const toEnd = () => { log.scrollTop = log.scrollHeight; isAtEnd = true; };
  log.addEventListener("scroll", () => { isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24; });
  if (window.ResizeObserver) new ResizeObserver(() => { if (isAtEnd) toEnd(); }).observe(log);

  // Storage may be switched off: then the chat lives as long as the page.
  const stores = () => { const all = []; for (const name of ["sessionStorage", "localStorage"]) { try { all.push(window[name]); } catch { /* not allowed */ } } return all; };
  const remember = () => {
    const [tab, device] = stores();
    try {
      const words = JSON.stringify(chat);
      if (tab) tab.setItem(place, words);
      if (device) { if (keep.checked) device.setItem(place, words); else device.removeItem(place); }
    } catch { /* no room */ }
  };
  const recall = () => {
    for (const [index, store] of stores().entries()) {
      try {
        const found = JSON.parse(store.getItem(place) || "null");
        if (!found || !found.token || !found.conversationId) continue;
        chat = { conversationId: found.conversationId, token: found.token, email: found.email || null };
        keep.checked = index > 0 || !!(stores()[1] && stores()[1].getItem(place));
        return true;
      } catch { /* not ours */ }
    }
    return false;
  };
  const forget = () => { for (const store of stores()) { try { store.removeItem(place); } catch { /* gone */ } } };

  const say = (side, words, note, id) => {
    if (id) {
      if (shown.has(id)) return;
      shown.add(id);
      // What this page showed when it was said is the same message.
      const same = [...log.children].find((item) => !item.dataset.id && item.dataset.words === words && item.classList.contains(side) && !item.dataset.refused);
      if (same) { same.dataset.id = id; arrived(same); return same; }
    }
    const item = document.createElement("li"), body = document.createElement("p");
    item.className = side; item.dataset.words = words; if (id) item.dataset.id = id;
    body.textContent = words; body.dir = "auto"; item.append(body);
    if (note) { const small = document.createElement("small"); small.textContent = note; small.dir = "auto"; item.append(small); }
    log.append(item); toEnd();
    return item;
  };
  // What did not go out stays where it was said, marked, with a way to send it again. Where nobody refused it, it may
  // have arrived all the same: then the mark goes when the conversation is read.
  const unsent = (item, isRefused) => {
    if (item.classList.contains("unsent")) return;
    item.classList.add("unsent"); if (isRefused) item.dataset.refused = "true";
    const line = document.createElement("small"), again = document.createElement("button");
    again.type = "button"; again.className = "link"; again.textContent = "Send again";
    again.addEventListener("click", () => { if (send.disabled) return; const words = item.dataset.words; item.remove(); ask(words, say("out", words)); });
    line.append("Not sent. ", again); item.append(line); toEnd();
  };
  const arrived = (item) => {
    if (!item.classList.contains("unsent")) return;
    item.classList.remove("unsent"); item.lastElementChild.remove();
  };
  const tell = (words, bad) => { state.textContent = words; state.className = bad ? "bad" : ""; };
  const headers = (extra) => Object.assign({ "Content-Type": "application/json" }, chat.token ? { Authorization: "Bearer " + chat.token } : {}, extra);
  const path = (end) => `/api/support/conversations/${chat.conversationId}${end}`;
  const from = (sources) => sources && sources.length ? "From: " + [...new Set(sources.map((s) => s.title || s.article))].join(", ") : "";
  const begun = () => { keepLine.hidden = anew.hidden = !chat.token; };
  // Nobody answers at once: the answer may come by mail as well.
  const mailLines = () => {
    if (!mail) return;
    mail.hidden = !isWithPerson || !!chat.email;
    also.hidden = !isWithPerson || !chat.email; alsoTo.textContent = chat.email || "";
  };
  const handedOver = () => { isWithPerson = true; human.hidden = true; mailLines(); };

  // Reads a stream of server-sent events from a fetch, which can carry a token as EventSource cannot.
  const events = async (response, each) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      let end;
      while ((end = rest.indexOf("\n\n")) >= 0) {
        const event = { type: "message", data: "", id: null };
        for (const line of rest.slice(0, end).split("\n")) {
          const at = line.indexOf(":"); if (at <= 0) continue;
          const field = line.slice(0, at), content = line.slice(at + 1).replace(/^ /, "");
          if (field === "event") event.type = content; else if (field === "data") event.data += content; else if (field === "id") event.id = content;
        }
        rest = rest.slice(end + 2);
        if (event.data) each(event);
      }
    }
  };
  const problem = async (response) => {
    try { return (await response.json()).detail || "That did not work."; } catch { return "That did not work."; }
  };
  const took = (answer) => {
    chat.conversationId = answer.conversationId; if (answer.token) chat.token = answer.token;
    remember(); begun();
    if (answer.reply) say("in", answer.reply, from(answer.sources));
    if (answer.escalated) {
      tell(isWithPerson ? added : answer.reply ? "" : waits);
      handedOver();
    } else {
      isWithPerson = false; human.hidden = false; mailLines();
      tell(answer.reply ? "" : "This takes longer. The answer will stand here.");
    }
    listen();
  };
  // A person's answers come later: wait for them, and go on where the last connection ended.
  const listen = async () => {
    if (stop || !chat.conversationId) return;
    stop = new AbortController();
    for (let wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
      try {
        const response = await fetch(path("/events"), { headers: headers(lastEvent ? { "Last-Event-ID": lastEvent } : {}), signal: stop.signal });
        if (!response.ok && response.status < 429) return;
        if (!response.ok) throw response;
        wait = 1000;
        await events(response, (event) => {
          if (event.id) lastEvent = event.id;
          if ((event.type === "replySent" || event.type === "replyQueued") && !send.disabled) refresh();
        });
      } catch { /* the connection ended: tried again below */ }
      await new Promise((done) => setTimeout(done, wait));
      // What was said while nobody listened.
      refresh();
    }
  };
  // The conversation as it stands; false where the token opens none any more.
  const refresh = async () => {
    const response = await fetch(path(""), { headers: headers() });
    if ([401, 403, 404].includes(response.status)) return false;
    if (!response.ok) return true;
    const conversation = await response.json();
    for (const message of conversation.messages) {
      if (message.delivery === "withdrawn") continue;
      const words = (message.newText || message.text).trim();
      if (message.direction === "in") say("out", words, "", message.id);
      else {
        const known = shown.has(message.id);
        say("in", words, message.author.kind === "agent" ? message.author.name || "" : from(message.sources), message.id);
        if (message.author.kind === "agent" && !known && (state.textContent === waits || state.textContent === added)) tell("");
      }
    }
    const last = conversation.messages[conversation.messages.length - 1];
    if (conversation.ticketId && conversation.status === "open" && last && last.outcome !== "answered") handedOver();
    return true;
  };
  const ask = async (words, item) => {
    send.disabled = true; tell("Sending…");
    let isAccepted = false;
    try {
      const call = { message: words };
      if (chat.conversationId) call.conversationId = chat.conversationId;
      if (chat.email) call.user = { email: chat.email };
      const response = await fetch("/api/support/chat", { method: "POST", headers: headers({ Accept: "text/event-stream" }), body: JSON.stringify(call) });
      if (!response.ok) { unsent(item, true); tell(await problem(response), true); return; }
      await events(response, (event) => {
        const data = JSON.parse(event.data);
        if (event.type === "status") { isAccepted = true; tell(data.text || "One moment…"); }
        else if (event.type === "reply") { isAccepted = true; took(data); }
        else if (event.type === "problem") { if (!isAccepted) unsent(item, true); tell(data.detail || "That did not work.", true); }
      });
    } catch {
      if (!isAccepted) unsent(item, false);
      tell(isAccepted ? "The connection ended. What you sent is here." : "No connection. Please try again.", true);
    } finally { send.disabled = false; text.focus(); }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim(); if (!words || send.disabled) return;
    text.value = ""; text.style.height = ""; ask(words, say("out", words));
  });
  text.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); } });
  text.addEventListener("input", () => { text.style.height = "auto"; text.style.height = text.scrollHeight + "px"; });
  human.addEventListener("click", async () => {
    const response = await fetch(path("/escalate"), { method: "POST", headers: headers(), body: JSON.stringify({ reason: "asked in the chat" }) });
    if (response.ok) { tell(waits); handedOver(); } else tell(await problem(response), true);
  });
  if (mail) mail.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = address.value.trim(); if (!given) return;
    const response = await fetch(path("/address"), { method: "POST", headers: headers(), body: JSON.stringify({ email: given }) });
    if (!response.ok) { tell(await problem(response), true); return; }
    chat.email = given; remember(); mailLines();
  });
  if (mail) change.addEventListener("click", () => { address.value = chat.email || ""; also.hidden = true; mail.hidden = false; address.focus(); });
  keep.addEventListener("change", remember);
  anew.addEventListener("click", () => { forget(); location.reload(); });
  if (recall()) {
    begun(); human.hidden = false;
    refresh().then((isOurs) => { if (isOurs) listen(); else { forget(); location.reload(); } }, () => { tell("No connection. Please load the page again.", true); });
  }
})();
