// Strips: each is one stop of the Tab key, with arrow keys inside. One tip serves all strips.
const legend = new Map(all(".legend dt").map((term) => [term.className, term.textContent]));
const reasons = one(".legend dt.n").dataset;
const [AVAILABILITY, FAILURES] = [2, 4].map((column) => heads[0]?.[column].textContent);

const made = (tag, css) => {
  const element = document.createElement(tag);
  element.className = css;
  return element;
};
const [mark, tip] = [made("div", "mark"), made("div", "tip")];
mark.hidden = tip.hidden = true;
one("main").append(mark, tip);

// The contents of a strip, read once: the state of each period, and the figures of periods with failures.
const drawings = new Map();
const drawing = (strip) => {
  if (!drawings.has(strip)) {
    const svg = strip.firstChild;
    const [left, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
    const states = [];
    for (const path of all("path", svg))
      for (const run of path.getAttribute("d").matchAll(/M(\d+) -?\d+h(\d+)/g)) {
        const start = Number(run[1]);
        for (let place = 0; place < run[2]; place++) states[start + place] = path.classList;
      }
    const told = (svg.dataset.d ?? "").match(/[^,]+/g) ?? [];
    const figures = new Map(told.map((figure) => figure.split(" ")).map((each) => [Number(each[0]), each]));
    drawings.set(strip, { left, width, states, figures, place: states.length - 1 });
  }
  return drawings.get(strip);
};

// The name of a period: its date, its date and time, or its beginning and end.
const called = (strip, place) => {
  const { step, from } = strip.closest("[data-step]").dataset;
  const { names } = strip.firstChild.dataset;
  const time = one("time", strip.parentElement);
  const begin = from ?? (time.dateTime.slice(0, 16) || time.textContent);
  if (names) return `${begin} ${names.split(" ")[place]}`;
  const start = new Date(begin.length > 10 ? `${begin}Z` : begin);
  const moment = (place) => new Date(+start + place * step * 60000).toISOString().replace("T", " ");
  const until = step % 60 > 1 ? ` – ${moment(place + 1).slice(11, 16)}` : "";
  return moment(place).slice(0, step === "1440" ? 10 : 16) + until;
};

const lines = (strip, place) => {
  const { states, figures } = drawing(strip);
  const [css, reason] = states[place] ?? [];
  if (!css) return [called(strip, place)];
  if (css === "n") return [called(strip, place), `${legend.get(css)}: ${reasons[reason ?? "t"]}`];
  // "+" says that more periods had failures: then nothing is shown for periods without figures
  const plain = figures.has(NaN) ? [] : [0, "100%", 0];
  const [, availability, failures] = figures.get(place) ?? plain;
  return [
    called(strip, place),
    legend.get(css),
    availability && `${AVAILABILITY} ${availability}`,
    failures && `${FAILURES} ${failures}`,
  ].filter(Boolean);
};

// The deploys in a period. Marks are drawn once, and the strips refer to them.
const deploys = (strip, place) => {
  const tips = one(one("use", strip)?.getAttribute("href") ?? "wbr")?.dataset.tips ?? "";
  const mine = tips.split("\n").filter((tip) => parseInt(tip, 10) === place);
  return mine.map((tip) => tip.slice(tip.indexOf(" ") + 1));
};

let current = null;
let leaving = 0;
const hide = () => {
  mark.hidden = tip.hidden = true;
  current = null;
};

const show = (strip, wanted) => {
  const drawn = drawing(strip);
  const place = Math.max(0, Math.min(wanted, drawn.states.length - 1));
  const said = [...lines(strip, place), ...deploys(strip, place)];
  clearTimeout(leaving);
  current = strip;
  drawn.place = place;
  strip.setAttribute("aria-valuenow", place + 1);
  strip.setAttribute("aria-valuetext", said.join(", "));
  tip.replaceChildren(
    ...said.map((line, row) => {
      const element = made(row ? "span" : "b", "");
      element.textContent = line;
      return element;
    }),
  );
  mark.hidden = tip.hidden = false;
  const box = strip.firstChild.getBoundingClientRect();
  const unit = box.width / drawn.width;
  const x = box.left + (place - drawn.left) * unit;
  const widest = document.documentElement.clientWidth - tip.offsetWidth - 8;
  const left = Math.max(8, Math.min(x + (unit - tip.offsetWidth) / 2, widest));
  const above = box.top - tip.offsetHeight - 6;
  const put = (element, left, top) =>
    Object.assign(element.style, { left: `${left + scrollX}px`, top: `${top + scrollY}px` });
  put(tip, left, above < 8 ? box.bottom + 6 : above);
  put(mark, x, box.bottom + 1);
  mark.style.width = `${unit}px`;
};

// Enter and a click lead to the section of the day, or of its route if the day has none.
const follow = (strip) => {
  const link = one("th a", strip.closest("tr") ?? strip);
  if (!link) return;
  const day = `${link.hash.slice(1)}-${called(strip, drawing(strip).place)}`;
  hide();
  location.hash = document.getElementById(day) ? day : link.hash;
};

const beside = (strip, step) => {
  const stops = all(strip.closest("tr") ? "#routes tr:not([hidden]) .strip" : ".strip");
  const next = stops[stops.indexOf(strip) + step];
  if (!next) return;
  drawing(next).place = drawing(strip).place;
  next.focus();
};

const MOVES = {
  ArrowLeft: (strip, place) => show(strip, place - 1),
  ArrowRight: (strip, place) => show(strip, place + 1),
  ArrowUp: (strip) => beside(strip, -1),
  ArrowDown: (strip) => beside(strip, 1),
  Home: (strip) => show(strip, 0),
  End: (strip) => show(strip, Infinity),
  Enter: follow,
};

const at = (strip, event) => {
  const { left, width } = drawing(strip);
  const box = strip.firstChild.getBoundingClientRect();
  return Math.floor(left + (width * (event.clientX - box.left)) / box.width);
};

for (const svg of all("td svg, .hours svg")) {
  const strip = made("span", "strip");
  const [left, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
  const said = { label: svg.getAttribute("aria-label"), valuemin: 1, valuemax: left + width, valuenow: left + width };
  for (const name in said) strip.setAttribute(`aria-${name}`, said[name]);
  strip.setAttribute("role", "slider");
  strip.tabIndex = 0;
  svg.replaceWith(strip);
  strip.append(svg);
}

const stripOf = (event) => event.target.closest?.(".strip");
addEventListener("focusin", (event) => {
  const strip = stripOf(event);
  if (strip) show(strip, drawing(strip).place);
  else hide();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
  const strip = stripOf(event);
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
  const move = strip && plain && MOVES[event.key];
  if (!move) return;
  event.preventDefault();
  move(strip, drawing(strip).place);
});
addEventListener("pointermove", (event) => {
  const strip = stripOf(event);
  if (strip) show(strip, at(strip, event));
  else if (event.target.closest?.(".tip")) clearTimeout(leaving);
  else if (current && current !== document.activeElement) {
    clearTimeout(leaving);
    leaving = setTimeout(hide, 200);
  }
});
// On a touch screen, the first tap shows the tip. A second tap on the same day follows the link.
addEventListener("click", (event) => {
  const strip = stripOf(event);
  if (!strip) return;
  const seen = !tip.hidden && current === strip && drawing(strip).place === at(strip, event);
  show(strip, at(strip, event));
  if (seen) follow(strip);
});
