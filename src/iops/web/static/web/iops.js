// Everything here is an extra: each page works without scripts.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

// The GOV.UK components (menu on small screens, error summary focus, double click guard).
const components = meta("iops-components");
if (components) {
  import(components).then(({ initAll }) => initAll()).catch(() => {});
}

// On a small screen a filter that is not in use folds away, so that the list comes first.
if (matchMedia("(max-width: 899px)").matches) {
  for (const box of document.querySelectorAll("[data-fold]:not([data-used])")) box.open = false;
}

// Ctrl+Enter saves the form one is typing in.
document.addEventListener("keydown", (event) => {
  const form = event.target.form || event.target.closest?.("form");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// Alt and a letter presses the button that is marked with it; one key alone presses nothing.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const button = document.querySelector(`[data-key="alt+${event.key.toLowerCase()}"]`);
  if (button) { event.preventDefault(); button.click(); }
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
  const all = document.getElementById(part.dataset.lostAll || "");
  const tell = (hidden) => () => {
    lost.hidden = hidden;
    if (!hidden) part.replaceChildren();
    if (all) all.hidden = !document.querySelector(`[data-lost-all="${all.id}"]:empty`);
  };
  for (const wrong of ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:swapError"]) part.addEventListener(wrong, tell(false));
  part.addEventListener("htmx:afterSwap", tell(true));
}

// "/" goes to the search from anywhere but a field; the arrow keys go through what is found.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && localStorage.getItem("single-keys") !== "off" && !event.ctrlKey && !event.metaKey && !event.altKey) {
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
