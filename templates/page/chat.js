// The chat page: sends a message, shows what is being done, then the answer; keeps the token for this one conversation.
"use strict";
(() => {
  const log = document.getElementById("log"), form = document.getElementById("form"), text = document.getElementById("text");
  const state = document.getElementById("state"), human = document.getElementById("human"), send = form.querySelector("button");
  let conversationId = null, token = null, lastEvent = "", stop = null;
  const shown = new Set();

  const say = (side, words, note, id) => {
    if (id && shown.has(id)) return;
    if (id) shown.add(id);
    const item = document.createElement("li"), body = document.createElement("p");
    item.className = side; body.textContent = words; body.dir = "auto"; item.append(body);
    if (note) { const small = document.createElement("small"); small.textContent = note; item.append(small); }
    log.append(item); log.scrollTop = log.scrollHeight;
  };
  const tell = (words, bad) => { state.textContent = words; state.className = bad ? "bad" : ""; };
  const headers = (extra) => Object.assign({ "Content-Type": "application/json" }, token ? { Authorization: "Bearer " + token } : {}, extra);

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
    conversationId = answer.conversationId; if (answer.token) token = answer.token;
    if (answer.messageId) shown.add(answer.messageId);
    if (answer.reply) say("in", answer.reply, answer.sources && answer.sources.length ? "From: " + [...new Set(answer.sources.map((s) => s.title || s.article))].join(", ") : "");
    human.hidden = !!answer.escalated;
    tell(answer.escalated ? "A person will read this and answer you here." : "");
    listen();
  };
  // A person's answers come later: wait for them, and go on where the last connection ended.
  const listen = async () => {
    if (stop || !conversationId) return;
    stop = new AbortController();
    for (let wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
      try {
        const response = await fetch(`/api/support/conversations/${conversationId}/events`, { headers: headers(lastEvent ? { "Last-Event-ID": lastEvent } : {}), signal: stop.signal });
        if (!response.ok) return;
        wait = 1000;
        await events(response, (event) => { if (event.id) lastEvent = event.id; if (event.type === "replySent") refresh(); });
      } catch { /* the connection ended: tried again below */ }
      await new Promise((done) => setTimeout(done, wait));
    }
  };
  const refresh = async () => {
    const response = await fetch(`/api/support/conversations/${conversationId}`, { headers: headers() });
    if (!response.ok) return;
    for (const message of (await response.json()).messages) {
      if (message.direction === "out" && message.author.kind === "agent") say("in", message.newText || message.text, message.author.name || "", message.id);
    }
  };
  const ask = async (words) => {
    send.disabled = true; tell("Sending…");
    try {
      const response = await fetch("/api/support/chat", { method: "POST", headers: headers({ Accept: "text/event-stream" }), body: JSON.stringify(conversationId ? { message: words, conversationId } : { message: words }) });
      if (!response.ok) { tell(await problem(response), true); return; }
      await events(response, (event) => {
        const data = JSON.parse(event.data);
        if (event.type === "status") tell(data.text || "One moment…");
        else if (event.type === "reply") took(data);
        else if (event.type === "problem") tell(data.detail || "That did not work.", true);
      });
    } catch { tell("No connection. Please try again.", true); } finally { send.disabled = false; text.focus(); }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim(); if (!words || send.disabled) return;
    say("out", words); text.value = ""; text.style.height = ""; ask(words);
  });
  text.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); } });
  text.addEventListener("input", () => { text.style.height = "auto"; text.style.height = text.scrollHeight + "px"; });
  human.addEventListener("click", async () => {
    const response = await fetch(`/api/support/conversations/${conversationId}/escalate`, { method: "POST", headers: headers(), body: JSON.stringify({ reason: "asked in the chat" }) });
    if (response.ok) { human.hidden = true; tell("A person will read this and answer you here."); } else tell(await problem(response), true);
  });
})();
