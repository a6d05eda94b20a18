// Drafts: what is typed stays in this browser, and on the server, until the server says that it is saved.
// Everything here is an extra: each form works without scripts.
const drafts = "iops-draft:";
const WAIT = 600, LONGEST_WAIT = 2000, GIVE_UP = 4000, TRY_AGAIN = 3000;
const kept = (form) => [...form.elements].filter((e) => e.name && !["hidden", "password", "submit", "file"].includes(e.type));

function typed(form) {
  const values = {};
  for (const e of kept(form)) {
    if (e.type === "radio" || e.type === "checkbox") {
      if (e.checked) values[e.name] = e.value;
    } else if (e.value) values[e.name] = e.value;
  }
  if (form.elements["key"]) values["idempotency"] = form.elements["key"].value;
  if (form.dataset.draftAuto !== undefined) {
    values["draft-page"] = pageOf();
    values["draft-title"] = titleOf(form);
  }
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
    if (changed) e.closest(form.dataset.draftAuto === undefined ? "details[data-draft-fold]" : "details")?.setAttribute("open", "");
  }
  if (values["idempotency"] && form.elements["key"]) form.elements["key"].value = values["idempotency"];
  const note = document.getElementById(form.dataset.draftNote || "");
  if (any && note) note.hidden = false;
}

// Every other form with free text keeps a draft too, without being told so; data-draft-off says that one does not.
const FLEETING = new Set(["csrfmiddlewaretoken", "key", "iops-draft", "iops-draft-sequence"]);
const viewer = document.body.dataset.viewer;

// The page on which a form is taken up again: one that came back refused was asked for at another address.
function pageOf() {
  const here = location.pathname + location.search;
  try {
    if (document.body.dataset.method !== "GET") return sessionStorage.getItem("iops-page") || "";
    sessionStorage.setItem("iops-page", here);
  } catch { /* nothing kept: the draft is listed without a link */ }
  return here;
}

// What the draft is called in the list: the fold the form stands under, and the page.
function titleOf(form) {
  const fold = form.closest("details")?.querySelector("summary")?.textContent.trim();
  const page = document.title.replace(/^Error: /, "").replace(/ – iOPS$/, "");
  return (fold ? `${fold}: ${page}` : page).slice(0, 200);
}

// 53 bits of a text (cyrb53): the names of two forms must differ, nobody has to be kept from guessing them.
function hashed(text) {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (const letter of text) {
    a = Math.imul(a ^ letter.codePointAt(0), 2654435761);
    b = Math.imul(b ^ letter.codePointAt(0), 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

// Where a form goes and what it is about make its name: the same form of the same record, however the page came about.
function nameOf(form, taken) {
  const to = new URL(form.getAttribute("action") || location.href, location.href);
  const about = [...form.querySelectorAll("input[type=hidden]")].filter((e) => !FLEETING.has(e.name) && e.dataset.renewed === undefined);
  const said = [to.pathname + to.search, ...about.map((e) => `${e.name}=${e.value}`)].join("\n");
  const place = to.pathname.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-|-$/g, "").slice(-24);
  let name = `auto-${viewer}-${place}-${hashed(said)}`;
  for (let again = 2; taken.has(name); again += 1) name = `auto-${viewer}-${place}-${hashed(`${said}\n${again}`)}`;
  taken.add(name);
  return name;
}

function keeps(form) {
  return viewer && (form.getAttribute("method") || "").toLowerCase() === "post" && form.dataset.draft === undefined && form.dataset.draftOff === undefined
    && !form.hasAttribute("hx-post") && !form.querySelector("input[type=password]")
    && form.querySelector("textarea, input[type=text], input:not([type])");
}

function hiddenField(form, name, value) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.append(field);
  return field;
}

function told(form, id, kind) {
  const box = Object.assign(document.createElement("div"), { id, className: kind, hidden: true });
  box.setAttribute("role", "status");
  form.prepend(box);
  return box;
}

function adopt(form, taken) {
  const name = nameOf(form, taken);
  Object.assign(form.dataset, { draft: name, draftAuto: "", draftServer: `/drafts/${name}/`, draftNote: `${name}-note`, draftState: `${name}-state` });
  hiddenField(form, "iops-draft", name);
  hiddenField(form, "iops-draft-sequence", "0");
  told(form, `${name}-state`, "iops-alarm");
  const words = Object.assign(document.createElement("p"), { className: "govuk-body", textContent: "What you typed before and did not save is back. " });
  const away = Object.assign(document.createElement("button"), { type: "button", className: "govuk-button govuk-button--secondary govuk-!-margin-bottom-0", textContent: "Throw it away" });
  away.dataset.draftDiscard = "";
  words.append(away);
  told(form, `${name}-note`, "iops-notice").append(words);
}

// What the server keeps of the forms of this page; what it knows to be saved is kept here no longer.
async function fetched(forms) {
  const here = forms.map((f) => f.dataset.draft).filter((name) => { try { return localStorage.getItem(drafts + name); } catch { return false; } });
  const asked = new URLSearchParams([["page", pageOf()], ...here.map((name) => ["form", name])]);
  try {
    const answer = await fetch(`/drafts/here/?${asked}`, { headers: { Accept: "application/json" }, credentials: "same-origin", signal: AbortSignal.timeout(GIVE_UP) });
    return answer.ok && !answer.redirected ? await answer.json() : {};
  } catch { return {}; /* no connection: what this browser keeps is all there is */ }
}

async function recall(forms) {
  if (!forms.length) return;
  const there = await fetched(forms);
  for (const form of forms) {
    const draft = there[form.dataset.draft];
    const saved = draft && "draft-saved" in draft.values;
    if (saved && Number(read(form)?.sequence || 0) <= draft.sequence) forget(form.dataset.draft);
    else if (draft && !saved) form.dataset.draftKept = JSON.stringify({ ...draft.values, sequence: draft.sequence });
    if (form.elements["iops-draft-sequence"].value !== "0") continue; // typed meanwhile: what is typed stays
    restore(form);
    form.elements["iops-draft-sequence"].value = String(stored(form)?.sequence || 0);
  }
}

function read(form) {
  try { return JSON.parse(localStorage.getItem(drafts + form.dataset.draft) || "null"); } catch { return null; }
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
    if (!this.lost && this.saving) { this.saving = false; this.dirty = false; this.form.requestSubmit(this.submitter); }
    return !this.lost;
  }

  // Saving goes to the server as ever; without a connection it waits, and goes as soon as there is one.
  async submit(event) {
    const discards = event.submitter?.hasAttribute("formaction");
    const simple = this.form.dataset.draftAuto !== undefined && navigator.onLine;
    if (discards || (!this.lost && (simple || !this.dirty))) { clearTimeout(this.timer); return; }
    event.preventDefault();
    this.saving = true;
    this.submitter = event.submitter;
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
function watch(form) {
  const server = form.dataset.draftServer ? new Kept(form) : null;
  form.addEventListener("input", () => {
    const sequence = Date.now();
    const kept = { ...typed(form), sequence };
    try { localStorage.setItem(drafts + form.dataset.draft, JSON.stringify(kept)); } catch { /* no room: the page still works */ }
    if (form.dataset.draftAuto !== undefined) form.elements["iops-draft-sequence"].value = String(sequence);
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

const named = [...document.querySelectorAll("form[data-draft]")];
const others = [...document.querySelectorAll("form")].filter(keeps);
const taken = new Set(named.map((form) => form.dataset.draft));
for (const form of others) adopt(form, taken);
for (const form of named) restore(form);
for (const form of [...named, ...others]) watch(form);
recall(others);
// Signing out leaves nothing of a draft behind on a shared terminal.
for (const form of document.querySelectorAll("form[data-forget-drafts]")) {
  form.addEventListener("submit", () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(drafts)) localStorage.removeItem(key);
  });
}
