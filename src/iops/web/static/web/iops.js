// Everything here is an extra: each page works without scripts.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

// The GOV.UK components (menu on small screens, error summary focus, double click guard).
const components = meta("iops-components");
if (components) {
  import(components).then(({ initAll }) => initAll()).catch(() => {});
}

// Drafts: what is typed stays in this browser until the server says that it is saved.
const drafts = "iops-draft:";
const kept = (form) => [...form.elements].filter((e) => e.name && !["hidden", "password", "submit"].includes(e.type));

function keep(form) {
  const values = {};
  for (const e of kept(form)) {
    if (e.type === "radio" || e.type === "checkbox") {
      if (e.checked) values[e.name] = e.value;
    } else if (e.value) values[e.name] = e.value;
  }
  values["idempotency"] = form.elements["key"]?.value;
  try { localStorage.setItem(drafts + form.dataset.draft, JSON.stringify(values)); } catch { /* no room: the page still works */ }
}

function restore(form) {
  let values;
  try { values = JSON.parse(localStorage.getItem(drafts + form.dataset.draft) || "null"); } catch { return; }
  if (!values || form.dataset.draftReturned !== undefined) return;
  let any = false;
  for (const e of kept(form)) {
    if (!(e.name in values)) continue;
    if (e.type === "radio" || e.type === "checkbox") e.checked = values[e.name] === e.value;
    else e.value = values[e.name];
    any = any || e.tagName === "TEXTAREA" || e.type === "text";
  }
  if (values["idempotency"] && form.elements["key"]) form.elements["key"].value = values["idempotency"];
  const note = document.getElementById(form.dataset.draftNote || "");
  if (any && note) note.hidden = false;
}

function forget(name) { try { localStorage.removeItem(drafts + name); } catch { /* nothing kept */ } }

for (const done of document.querySelectorAll("[data-draft-saved]")) forget(done.dataset.draftSaved);
for (const form of document.querySelectorAll("form[data-draft]")) {
  restore(form);
  form.addEventListener("input", () => keep(form));
  for (const button of form.querySelectorAll("[data-draft-discard]")) {
    button.addEventListener("click", () => { forget(form.dataset.draft); location.reload(); });
  }
}
// Signing out leaves nothing of a draft behind on a shared terminal.
for (const form of document.querySelectorAll("form[data-forget-drafts]")) {
  form.addEventListener("submit", () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(drafts)) localStorage.removeItem(key);
  });
}

// On a small screen a filter that is not in use folds away, so that the list comes first.
if (matchMedia("(max-width: 899px)").matches) {
  for (const box of document.querySelectorAll("[data-fold]:not([data-used])")) box.open = false;
}

// Ctrl+Enter saves the form one is typing in.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// A link to an action opens it and puts the cursor into its first field.
function reveal() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const box = target && target.closest("details");
  if (!box) return;
  box.open = true;
  if (target === box) box.querySelector("input:not([type=hidden]),textarea,select,button")?.focus();
}
window.addEventListener("hashchange", reveal);
reveal();

// Following the same link twice opens the box again.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.getAttribute("href") === location.hash) reveal();
});

// A part of a page that could not be loaded says so, and says so no more once it is.
for (const part of document.querySelectorAll("[data-lost]")) {
  const lost = document.getElementById(part.dataset.lost);
  const tell = (hidden) => () => { lost.hidden = hidden; if (!hidden) part.replaceChildren(); };
  for (const wrong of ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:swapError"]) part.addEventListener(wrong, tell(false));
  part.addEventListener("htmx:afterSwap", tell(true));
}

// "/" goes to the search from anywhere but a field; the arrow keys go through what is found.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.getElementById("search-q") || document.querySelector("[data-find]");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  }
  const walk = document.querySelector("[data-walk]");
  if (!walk || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const box = document.getElementById("search-q");
  const stops = [box, ...walk.querySelectorAll("[data-hit]")];
  const at = stops.indexOf(document.activeElement);
  if (at < 0) return;
  const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) { event.preventDefault(); next.focus(); }
});
