// Drafts: what is typed stays in this browser, and on the server, until the server says that it is saved.
// Everything here is an extra: each form works without scripts.
const drafts = "iops-draft:";
const WAIT = 600, LONGEST_WAIT = 2000, GIVE_UP = 4000, TRY_AGAIN = 3000;
const kept = (form) => [...form.elements].filter((e) => e.name && !["hidden", "password", "submit"].includes(e.type));

function typed(form) {
  const values = {};
  for (const e of kept(form)) {
    if (e.type === "radio" || e.type === "checkbox") {
      if (e.checked) values[e.name] = e.value;
    } else if (e.value) values[e.name] = e.value;
  }
  if (form.elements["key"]) values["idempotency"] = form.elements["key"].value;
  return values;
}

function stored(form) {
  const read = (text) => { try { return JSON.parse(text || "null"); } catch { return null; } };
  let here = null;
  try { here = read(localStorage.getItem(drafts + form.dataset.draft)); } catch { /* nothing kept */ }
  const there = read(form.dataset.draftKept);
  if (here && there) return Number(here.sequence || 0) >= Number(there.sequence || 0) ? here : there;
  return here || there;
}

function restore(form) {
  const values = form.dataset.draftReturned === undefined ? stored(form) : null;
  if (!values) return;
  let any = false;
  for (const e of kept(form)) {
    const before = e.type === "radio" || e.type === "checkbox" ? e.checked : e.value;
    if (e.type === "radio" || e.type === "checkbox") e.checked = values[e.name] === e.value;
    else if (e.name in values) e.value = values[e.name];
    const changed = before !== (e.type === "radio" || e.type === "checkbox" ? e.checked : e.value);
    any = any || changed;
    // What was typed under a fold must be seen again.
    if (changed) e.closest("details[data-draft-fold]")?.setAttribute("open", "");
  }
  if (values["idempotency"] && form.elements["key"]) form.elements["key"].value = values["idempotency"];
  const note = document.getElementById(form.dataset.draftNote || "");
  if (any && note) note.hidden = false;
}

function forget(name) { try { localStorage.removeItem(drafts + name); } catch { /* nothing kept */ } }

// One form whose draft the server keeps too.
class Kept {
  constructor(form) {
    this.form = form;
    this.state = document.getElementById(form.dataset.draftState || "");
    this.dirty = false; this.lost = false; this.saving = false; this.timer = 0; this.since = 0; this.last = 0;
    form.addEventListener("submit", (event) => this.submit(event));
    addEventListener("online", () => this.send());
    addEventListener("offline", () => { this.lost = true; this.tell(); });
    setInterval(() => { if (this.lost && this.dirty) this.send(); }, TRY_AGAIN);
  }

  typed(sequence) {
    this.last = sequence;
    this.dirty = true;
    this.since ||= Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(WAIT, this.since + LONGEST_WAIT - Date.now())));
    this.tell();
  }

  async send() {
    clearTimeout(this.timer);
    const sequence = this.last;
    this.since = 0;
    try {
      const answer = await post(this.form, this.form.dataset.draftServer, { values: typed(this.form), sequence });
      this.out = answer.status === 401 || answer.redirected;
      this.lost = !answer.ok || this.out;
      if (!this.lost && sequence === this.last) this.dirty = false;
    } catch { this.lost = true; this.out = false; }
    this.tell();
    if (!this.lost && this.saving) { this.saving = false; this.dirty = false; this.form.requestSubmit(); }
    return !this.lost;
  }

  // Saving goes to the server as ever; without a connection it waits, and goes as soon as there is one.
  async submit(event) {
    const discards = event.submitter?.hasAttribute("formaction");
    if (discards || (!this.dirty && !this.lost)) { clearTimeout(this.timer); return; }
    event.preventDefault();
    this.saving = true;
    await this.send();
  }

  tell() {
    if (!this.state) return;
    this.state.hidden = !this.lost;
    const say = this.out
      ? "You have been signed out. What you type is kept in this browser: sign in again in another tab."
      : this.saving
        ? "Not saved yet: there is no connection. It is kept in this browser and will be saved when the connection is back. Leave this page open."
        : "There is no connection. What you type is kept in this browser and is sent when the connection is back.";
    if (this.lost && this.state.textContent !== say) this.state.textContent = say;
  }
}

function post(form, address, body) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  return fetch(address, {
    method: "POST", body: JSON.stringify(body), keepalive: false, credentials: "same-origin", signal: AbortSignal.timeout(GIVE_UP),
    headers: { "X-CSRFToken": token, "Content-Type": "application/json", Accept: "application/json" },
  });
}

for (const done of document.querySelectorAll("[data-draft-saved]")) forget(done.dataset.draftSaved);
for (const form of document.querySelectorAll("form[data-draft]")) {
  restore(form);
  const server = form.dataset.draftServer ? new Kept(form) : null;
  form.addEventListener("input", () => {
    const sequence = Date.now();
    try { localStorage.setItem(drafts + form.dataset.draft, JSON.stringify({ ...typed(form), sequence })); } catch { /* no room: the page still works */ }
    server?.typed(sequence);
  });
  for (const button of form.querySelectorAll("[data-draft-discard]")) {
    button.addEventListener("click", async () => {
      forget(form.dataset.draft);
      if (server) await post(form, `${form.dataset.draftServer}discard/`, {}).catch(() => {});
      location.reload();
    });
  }
}
// Signing out leaves nothing of a draft behind on a shared terminal.
for (const form of document.querySelectorAll("form[data-forget-drafts]")) {
  form.addEventListener("submit", () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(drafts)) localStorage.removeItem(key);
  });
}
