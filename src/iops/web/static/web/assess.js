// Beside an assessment: how many topics have an answer, and the sets that a yes opens. The form works without it.
const SAYS_NOTHING = ["unknown", "not_asked", "refused"];
const form = document.querySelector("form[data-tally]");
const tally = document.getElementById("tally");

function show() {
  const chosen = [...form.querySelectorAll(`input[type=radio][name^="${form.dataset.tally}"]:checked`)];
  const said = chosen.filter((radio) => !SAYS_NOTHING.includes(radio.value));
  const ticks = said.filter((radio) => !["no", "never"].includes(radio.value));
  tally.textContent = `${said.length} of ${tally.dataset.of} topics answered, ${ticks.length} of them so. The grade is yours.`;
  for (const set of form.querySelectorAll("details[data-opened-by]")) {
    const names = set.dataset.openedBy.trim().split(/\s+/);
    if (ticks.some((radio) => names.includes(radio.name)) && !set.dataset.shown) { set.open = true; set.dataset.shown = "yes"; }
  }
}

form.addEventListener("change", show);
show();
