// Shows times in the reader's zone on demand, and the age of the page.
const two = (value) => String(value).padStart(2, "0");
const local = (moment) => {
  const minutes = -moment.getTimezoneOffset();
  const size = Math.abs(minutes);
  const sign = minutes < 0 ? "-" : "+";
  const zone = minutes ? `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}` : "UTC";
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  return `${day} ${two(moment.getHours())}:${two(moment.getMinutes())} ${zone}`;
};

const times = all("time[datetime*=T]").map((element) => ({
  element,
  there: element.textContent,
  here: local(new Date(element.dateTime)),
}));
const toggle = one("#local");
if (times.some(({ there, here }) => there.length > 5 && there !== here)) {
  toggle.parentElement.hidden = false;
  toggle.onclick = () => {
    const pressed = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", pressed);
    for (const { element, there, here } of times) element.textContent = pressed ? here : there;
  };
}

const aged = one("#aged");
const banner = one(".banner");
const verdict = banner.lastElementChild;
const said = verdict.textContent;
const { title } = document;
const UNITS = [["year", 525960], ["day", 1440], ["hour", 60], ["minute", 1]];
const age = () => {
  const minutes = Math.floor((Date.now() - new Date(one("#generated").dateTime)) / 60000);
  const { after, text, past, known } = aged.dataset;
  aged.hidden = minutes < Number(after);
  if (aged.hidden) return;
  const [unit, size] = UNITS.find(([, size]) => minutes >= size * 2) ?? UNITS[3];
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang);
  const told = (words) => words.replace("{age}", format.format(-Math.floor(minutes / size), unit));
  aged.textContent = told(text);
  // the old headline gets the words "As of …"
  banner.className = "banner n";
  verdict.textContent = `${told(past)}${said}`;
  document.title = `${told(past)}${title}`;
  for (const element of all("[data-on]")) element.textContent = known;
};
age();
setInterval(age, 60000);
addEventListener("visibilitychange", age);
