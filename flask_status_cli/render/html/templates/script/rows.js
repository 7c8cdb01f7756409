// Filters and sorts the rows. Rows are moved only when they are sorted. Values are read from their cells.
const one = (css, root = document) => root.querySelector(css);
const all = (css, root = document) => [...root.querySelectorAll(css)];

const NAMES = ["route", "now", "availability", "requests", "failures", "p95"];
const number = (column) => (row) => Number(row.cells[column].textContent.replace(/\D/g, ""));
const rule = (row) => one("code", row)?.textContent ?? "";
const share = (row) => {
  const value = parseFloat(row.cells[2].textContent);
  return Number.isNaN(value) ? 101 : value;
};
// The sort key of each column. The present state is sorted in the order of the page, figures by size.
const KEYS = [rule, (_, place) => place, share, number(3), number(4), (row) => +row.cells[5].dataset.v];

const section = one("#routes");
const controls = one(".controls");
const parts = all(".part");
const bodies = parts.map((part) => one("tbody", part));
const own = bodies.map((body) => all("tr:not(.last)", body));
const rows = own.flat();
const groups = rows.filter((row) => row.matches(".group"));
const last = bodies.flatMap((body) => all("tr.last", body));
const others = one("details", section);
const heads = parts.map((part) => all("thead th", part).slice(0, -1));
const choice = { words: [], states: "", failures: false, column: 1, turned: false };

const texts = new Map();
const text = (row) => {
  if (!texts.has(row)) texts.set(row, row.cells[0].textContent.toLowerCase());
  return texts.get(row);
};
const passes = (row) =>
  (!choice.states || choice.states.includes(row.cells[1].className)) &&
  (!choice.failures || number(4)(row) > 0) &&
  choice.words.every((word) => text(row).includes(word));

const filter = () => {
  const filtered = choice.words.length > 0 || choice.states !== "" || choice.failures;
  for (const row of rows) row.hidden = !passes(row);
  // a group is above its routes only in the order of the page
  for (const row of groups) row.hidden = filtered || choice.column !== 1 || choice.turned;
  for (const row of last) row.hidden = filtered && (row.matches(".rest") || !passes(row));
  parts.forEach((part, place) => (part.hidden = !one("tr:not([hidden])", bodies[place])));
  section.classList.toggle("filtered", filtered);
  if (others && filtered) others.open = true;
  const shown = rows.filter((row) => !row.hidden && !groups.includes(row)).length;
  const said = one("output", controls);
  said.textContent = filtered
    ? said.dataset.text.replace("{n}", shown).replace("{all}", rows.length - groups.length)
    : "";
};

const sort = () => {
  const { column, turned } = choice;
  const sign = column > 2 !== turned ? -1 : 1;
  const keyed = rows.map((row, place) => ({ row, place, key: KEYS[column](row, place) }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.place - b.place));
  let next = 0;
  bodies.forEach((body, place) => {
    body.prepend(...keyed.slice(next, (next += own[place].length)).map(({ row }) => row));
  });
  for (const head of heads)
    head.forEach((cell, place) => {
      if (place === column) cell.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
};

// The address contains what is chosen, so that a link shows the same rows.
const write = () => {
  const said = new URLSearchParams();
  if (choice.words.length) said.set("q", choice.words.join(" "));
  if (choice.states) said.set("state", choice.states);
  if (choice.failures) said.set("failures", "1");
  if (choice.column !== 1 || choice.turned)
    said.set("sort", NAMES[choice.column] + (choice.turned ? "-" : ""));
  history.replaceState(null, "", `#${said}`);
};

const split = (words) => words.toLowerCase().split(/\s+/).filter(Boolean);

const restore = () => {
  // the address leads to a part of the page
  if (location.hash && !location.hash.includes("=")) return;
  const said = new URLSearchParams(location.hash.slice(1));
  const sorted = said.get("sort") ?? "now";
  choice.words = split(said.get("q") ?? "");
  choice.states = [..."mpon"].filter((state) => (said.get("state") ?? "").includes(state)).join("");
  choice.failures = said.get("failures") === "1";
  choice.column = NAMES.indexOf(sorted.replace("-", ""));
  choice.turned = choice.column >= 0 && sorted.endsWith("-");
  if (choice.column < 0) choice.column = 1;
  one("[type=search]", controls).value = choice.words.join(" ");
  one("[name=failures]", controls).checked = choice.failures;
  for (const box of all("[name=state]", controls)) box.checked = choice.states.includes(box.value);
  one("select", controls).value = NAMES[choice.column];
  sort();
  filter();
};

const sortBy = (column, turned) => {
  choice.column = column;
  choice.turned = turned;
  one("select", controls).value = NAMES[column];
  sort();
  filter();
  write();
};

const button = (cell, place, column) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = cell.textContent;
  // one row of buttons is enough for the keyboard
  if (place) made.tabIndex = -1;
  made.onclick = () => sortBy(column, column === choice.column && !choice.turned);
  cell.replaceChildren(made);
};

if (controls) {
  const select = one("select", controls);
  heads[0].forEach((cell, column) => select.append(new Option(cell.textContent, NAMES[column])));
  heads.forEach((head, place) => head.forEach((cell, column) => button(cell, place, column)));
  select.onchange = () => sortBy(NAMES.indexOf(select.value), false);
  controls.onsubmit = (event) => event.preventDefault();
  controls.oninput = (event) => {
    if (event.target === select) return;
    choice.words = split(one("[type=search]", controls).value);
    choice.failures = one("[name=failures]", controls).checked;
    choice.states = all("[name=state]:checked", controls).map((box) => box.value).join("");
    filter();
    write();
  };
  addEventListener("hashchange", restore);
  restore();
}
