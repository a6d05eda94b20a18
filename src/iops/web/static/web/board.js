// The live board: what changes comes by server-sent events and is put in its place; the keyboard does the rest.
const board = document.getElementById("board");
const jobs = document.getElementById("jobs");
const panel = document.getElementById("panel");
const live = document.getElementById("live");
const lost = document.getElementById("not-live");
const held = document.getElementById("held");
const clock = () => new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/London" });

// Nothing moves under somebody's hands: while the list has the focus or the pointer, changes wait and are counted. A
// pointer that was left lying there, or a focus nobody uses, holds the board no longer than this.
const HELD_AT_MOST = 20000;
let busy = false;
let touched = 0;
const waiting = [];
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
const hold = (on) => () => { busy = on; touched = Date.now(); if (!on) settle(); };
for (const kind of ["keydown", "pointermove", "pointerdown"]) jobs.addEventListener(kind, hold(true), { passive: true });
setInterval(() => { if (busy && Date.now() - touched > HELD_AT_MOST) hold(false)(); }, 1000);
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
  const chosen = old && old.contains(document.activeElement);
  if (old) old.remove();
  into(list, made, key);
  if (chosen) made.querySelector("a")?.focus();
};
const listOf = (state) => document.querySelector(`[data-of="${CSS.escape(state)}"]`);
const recount = () => {
  // Of more incidents than are shown only the server knows how many there are.
  if (!Number(board.dataset.more)) {
    document.getElementById("count-open").textContent = jobs.children.length;
    document.getElementById("count-alone").textContent = jobs.querySelectorAll(".iops-job--alone").length;
  }
  document.getElementById("no-jobs").hidden = jobs.children.length > 0;
  let units = 0;
  for (const list of document.querySelectorAll("[data-of]")) {
    units += list.children.length;
    list.hidden = list.previousElementSibling.hidden = !list.children.length;
    list.previousElementSibling.querySelector(".iops-state-count").textContent = list.children.length;
  }
  document.getElementById("no-units").hidden = units > 0;
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

// Emergencies and welfare checks are put in and taken out one by one: never from under whoever types an answer.
const alarms = document.getElementById("alarms");
const alarmed = (page) => {
  const now = page.getElementById("alarms");
  for (const old of [...alarms.children]) if (!now.querySelector(`#${old.id}`) && !old.contains(document.activeElement)) old.remove();
  for (const made of [...now.children]) {
    const old = document.getElementById(made.id);
    if (!old) alarms.append(document.adoptNode(made));
    else if (!old.querySelector("form")) old.replaceWith(document.adoptNode(made));
  }
};

let since = null;
let heard = Date.now();
const isLive = () => { since = null; heard = Date.now(); lost.hidden = true; live.textContent = `Live, ${clock()}`; };
const isLost = (why = "connecting again") => {
  since = since || clock();
  const words = `Not live since ${since}. What you see may be out of date: ${why}.`;
  if (lost.hidden || lost.textContent !== words) lost.textContent = words;
  lost.hidden = false;
  live.textContent = "";
};

// What the stream may not carry is read with the page itself: restricted incidents now and then, alarms at once.
async function read() {
  const answer = await fetch(board.dataset.rows, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer || !answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // Whoever was signed out is sent elsewhere: that page says nothing about incidents, least of all that there are none.
  if (page.getElementById("board")) return page;
  isLost("you were signed out, load the page again");
  return null;
}
async function reread() {
  const page = await read();
  if (!page) return false;
  alarmed(page);
  const streamed = Boolean(board.dataset.stream);
  later(() => {
    for (const row of jobs.querySelectorAll(streamed ? ":scope > [data-own]" : ":scope > li")) row.remove();
    for (const row of page.querySelectorAll(streamed ? "#jobs > [data-own]" : "#jobs > li")) into(jobs, row, row.dataset.key);
    if (!streamed) document.getElementById("units").replaceWith(page.getElementById("units"));
    board.dataset.more = page.getElementById("board").dataset.more;
    for (const id of ["count-open", "count-alone"]) document.getElementById(id).textContent = page.getElementById(id).textContent;
    recount();
  });
  return true;
}

// A refused stream is given up by the browser for good, and one that died in silence is never missed: both are ours to see.
const SILENT = 15000;
const AGAIN = 3000;
let stream = null;
const listen = () => {
  stream?.close();
  heard = Date.now();
  stream = new EventSource(board.dataset.stream, { withCredentials: true });
  stream.addEventListener("beat", isLive);
  stream.addEventListener("error", () => isLost());
  stream.addEventListener("whole", (event) => { isLive(); const told = JSON.parse(event.data); later(() => whole(told)); });
  stream.addEventListener("change", (event) => {
    isLive();
    const told = JSON.parse(event.data);
    later(() => take(told));
    if (told.alarm) reread();
  });
};
if (board.dataset.stream) {
  listen();
  let tried = Date.now();
  setInterval(() => {
    const silent = Date.now() - heard > SILENT;
    if (silent) isLost();
    if ((!silent && stream.readyState !== EventSource.CLOSED) || Date.now() - tried < AGAIN) return;
    tried = Date.now() + Math.random() * AGAIN;
    listen();
    reread();
  }, 1000);
  setInterval(reread, 20000);
} else {
  setInterval(async () => { if (await reread()) isLive(); else if (!since) isLost(); }, 10000);
}

// j and k go through the incidents, Enter opens one beside the list, a goes to the units to send, e to an emergency, Esc
// goes back, ? says so. Nothing of it while somebody types.
const links = () => [...jobs.querySelectorAll(".iops-job__link")];
const move = (by) => {
  const all = links();
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
};
const keys = document.getElementById("keys");
// Whoever speaks to the machine, or brushes keys, can switch single keys off on this terminal (WCAG 2.1.4).
const off = document.getElementById("keys-off");
off.checked = localStorage.getItem("single-keys") === "off";
off.addEventListener("change", () => (off.checked ? localStorage.setItem("single-keys", "off") : localStorage.removeItem("single-keys")));
let opened = null;
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") { (opened && document.querySelector(`[data-job="${opened}"]`) || links()[0])?.focus(); return; }
  if (typing || off.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "a") panel.querySelector("[data-send]")?.focus();
  else if (event.key === "s") panel.querySelector(".iops-sent button")?.focus();
  else if (event.key === "e") alarms.querySelector("input:not([type=hidden])")?.focus();
  else if (event.key === "?") { keys.open = !keys.open; if (keys.open) keys.querySelector("summary").focus(); }
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
