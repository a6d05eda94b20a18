// The live board: what changes comes by server-sent events and is put in its place; the keyboard does the rest.
const board = document.getElementById("board");
const jobs = document.getElementById("jobs");
const panel = document.getElementById("panel");
const live = document.getElementById("live");
const lost = document.getElementById("not-live");
const held = document.getElementById("held");
const clock = () => new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/London" });

// Nothing moves under somebody's hands: while the list has the focus or the pointer, changes wait and are counted.
let busy = false;
let waiting = [];
const settle = () => {
  if (busy) return;
  for (const act of waiting.splice(0)) act();
  held.textContent = "";
};
const later = (act) => {
  waiting.push(act);
  if (busy) held.textContent = `${waiting.length} change${waiting.length === 1 ? "" : "s"} held while you choose.`;
  else settle();
};
const hold = (on) => () => { busy = on; if (!on) settle(); };
jobs.addEventListener("focusin", hold(true));
jobs.addEventListener("focusout", (event) => { if (!jobs.contains(event.relatedTarget)) hold(false)(); });
jobs.addEventListener("pointerenter", hold(true));
jobs.addEventListener("pointerleave", () => { if (!jobs.contains(document.activeElement)) hold(false)(); });

const drawn = (html) => {
  const t = document.createElement("template");
  t.innerHTML = html;
  return t.content.firstElementChild;
};
const into = (list, made, key) => {
  const next = [...list.children].find((other) => other !== made && (other.dataset.key || "") > key);
  list.insertBefore(made, next || null);
};
const put = (id, key, html, list) => {
  const made = drawn(html);
  const old = document.getElementById(id);
  if (old && old.outerHTML === made.outerHTML && old.parentNode === list) return;
  if (old) old.remove();
  into(list, made, key);
};
const listOf = (state) => {
  let list = document.querySelector(`[data-of="${CSS.escape(state)}"]`);
  if (!list) {
    const head = document.createElement("h3");
    head.className = "govuk-heading-s";
    head.textContent = state.replace("_", " ");
    list = document.createElement("ul");
    list.className = "govuk-list";
    list.dataset.of = state;
    document.getElementById("units").append(head, list);
  }
  return list;
};
const recount = () => {
  const rows = jobs.children;
  document.getElementById("count-open").textContent = rows.length;
  document.getElementById("count-alone").textContent = jobs.querySelectorAll(".iops-job--alone").length;
  for (const list of document.querySelectorAll("[data-of]")) {
    const count = list.previousElementSibling?.querySelector(".iops-state-count");
    if (count) count.textContent = list.children.length;
  }
};
const take = (told) => {
  for (const id of told.gone || []) document.getElementById(`job-${id}`)?.remove();
  for (const id of told.off || []) document.getElementById(`unit-${id}`)?.remove();
  for (const [id, key, html] of told.rows) put(`job-${id}`, key, html, jobs);
  for (const [id, key, html, state] of told.units) put(`unit-${id}`, key, html, listOf(state));
  recount();
};
const whole = (told) => {
  const rows = new Set(told.rows.map(([id]) => `job-${id}`));
  const units = new Set(told.units.map(([id]) => `unit-${id}`));
  // Restricted incidents are never in the stream: those on the page came with it, and stay.
  for (const row of [...jobs.children]) if (!rows.has(row.id) && !("own" in row.dataset)) row.remove();
  for (const unit of document.querySelectorAll("[data-of] > li")) if (!units.has(unit.id)) unit.remove();
  take(told);
};

// What the stream may not carry is read with the page itself, now and then.
async function reread() {
  const answer = await fetch(board.dataset.rows, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer || !answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const own = page.querySelectorAll(board.dataset.stream ? "#jobs > [data-own]" : "#jobs > li");
  later(() => {
    for (const row of jobs.querySelectorAll(":scope > [data-own]")) row.remove();
    if (!board.dataset.stream) { jobs.replaceChildren(); document.getElementById("units").replaceWith(page.getElementById("units")); }
    for (const row of own) into(jobs, row, row.dataset.key);
    recount();
  });
  return true;
}

let since = null;
const isLive = () => { since = null; lost.hidden = true; live.textContent = `Live, ${clock()}`; };
const isLost = () => {
  since = since || clock();
  lost.hidden = false;
  lost.textContent = `Not live since ${since}. What you see may be out of date; connecting again.`;
};
if (board.dataset.stream) {
  const stream = new EventSource(board.dataset.stream, { withCredentials: true });
  stream.addEventListener("open", isLive);
  stream.addEventListener("error", isLost);
  stream.addEventListener("whole", (event) => { isLive(); const told = JSON.parse(event.data); later(() => whole(told)); });
  stream.addEventListener("change", (event) => {
    isLive();
    const told = JSON.parse(event.data);
    later(() => take(told));
    // An alarm changes the head of the page, which is drawn by the server.
    if (told.alarm && !document.activeElement?.closest("form")) location.reload();
  });
  setInterval(reread, 20000);
} else {
  setInterval(async () => ((await reread()) ? isLive() : isLost()), 10000);
}

// j and k go through the incidents, Enter opens one beside the list, a goes to the units to send, Esc goes back.
const links = () => [...jobs.querySelectorAll(".iops-job__link")];
const move = (by) => {
  const all = links();
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
};
let opened = null;
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") { (opened && document.querySelector(`[data-job="${opened}"]`) || links()[0])?.focus(); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "a") panel.querySelector("[data-send]")?.focus();
  else return;
  event.preventDefault();
});
jobs.addEventListener("click", (event) => {
  const link = event.target.closest("[data-job]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  opened = link.dataset.job;
  window.htmx.ajax("GET", link.href, { target: "#panel", swap: "innerHTML" }).then(() => panel.focus());
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target === panel && event.detail.requestConfig?.verb === "post") panel.focus();
});
