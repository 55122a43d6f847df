// A seat's pages: orders checked as they are typed, news, mail, forces, report. The umpire's preview shows the same.
import { applied } from "/static/changes.js";
import { $, checks, download, el, get, Kept, live, markdown, post, say, spoken, tabs } from "/static/console.js";
import { country, Field, number, place } from "/static/map.js";

const DULL = ["order_issued", "objective_reached", "weather_turned"];
let forms = null;

export class Pages {
  // reading: the umpire looks over the seat's shoulder and can do nothing there
  constructor(seat, { reading = false, look = null, draft = "" } = {}) {
    Object.assign(this, { seat, reading, look, draft });
    this.plays = seat !== "observer";
    this.body = el("fieldset", { className: "page", "aria-label": "Page", disabled: reading });
    const own = [["orders", "Orders"], ["news", "News"], ["mail", "Mail"], ["forces", "Forces"], ["report", "Report"], ["brief", "Briefing"]];
    this.tabs = tabs([...(this.plays ? own : [["news", "News"]]), ["paper", "Newspaper"], ["powers", "World"]], (name) => { this.page = name; this.draw(true); });
    this.box = el("div", {}, this.tabs, el("div", { role: "tabpanel", "aria-label": "Page" }, this.body));
  }

  show(desk, position) {
    const turned = this.desk && this.desk.turn !== desk.turn;
    Object.assign(this, { desk, position });
    if (this.plays) this.tabs.mark("mail", `Mail${desk.received.length ? ` (${desk.received.length})` : ""}`);
    if (!this.page) this.tabs.choose(this.plays ? "orders" : "news"); else this.draw(turned);
  }

  draw(anew) {
    if (!this.desk || !this.page) return;
    if (this.page === "orders" && this.form && this.body.contains(this.form)) { this.given(); return; }
    if (this.page === "mail" && this.tray && this.body.contains(this.tray)) { this.letters(); return; }
    if (!anew && ["report", "brief", "paper"].includes(this.page)) return;
    if (this.page === "news" && this.heard && this.body.contains(this.heard.parent)) { this.news(); return; }
    this.body.replaceChildren(...[this[this.page]()].flat(Infinity).filter(Boolean));
  }

  news() {
    const heard = this.position.heard.filter((h) => !DULL.includes(h.kind));
    const news = (this.desk.news || []).map((n) => ({ at: n.came, text: n.text, told: true }));
    const days = new Map();
    for (const h of [...heard, ...news].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, 200)) {
      const day = h.at.slice(0, 10);
      days.set(day, [...(days.get(day) || []), h]);
    }
    const made = new Map([["head", () => el("h2", {}, "What you have heard")]]), told = (h) => (h.told ? [el("span", { className: "badge" }, "told to you"), " "] : "");
    for (const [day, items] of days) made.set(JSON.stringify([day, items]), () => el("div", { className: "day" }, el("h3", {}, spoken(day)), el("ul", { className: "plain" }, items.map((h) => el("li", {}, told(h), h.text)))));
    if (!days.size) made.set("none", () => el("p", { className: "soft" }, "Nothing yet. News comes with each turn."));
    this.heard = this.heard || new Kept(el("div"));
    this.heard.show(made);
    return this.heard.parent;
  }

  orders() {
    const box = el("textarea", { rows: 6, spellcheck: false, value: this.draft, "aria-label": "Orders, one a line", placeholder: "one order a line" });
    this.field = box;
    this.answer = el("div", { "aria-live": "polite" });
    this.there = el("div");
    this.listed = "";
    this.closed = el("span", { className: "fault" });
    box.addEventListener("input", () => { this.draft = box.value; clearTimeout(this.timer); this.timer = setTimeout(() => this.check(), 350); });
    box.addEventListener("keydown", (e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); this.submit(); } });
    this.form = el("div", {},
      el("h2", {}, "Orders"),
      el("p", { className: "soft" }, "One a line. A click on the map writes the place. Ctrl and Enter hands them in."),
      box, this.answer,
      el("div", { className: "row" }, el("button", { type: "button", onclick: () => this.submit() }, "Hand in"), this.closed),
      this.there, el("div", {}, this.goals()), this.help());
    this.given();
    return this.form;
  }

  help() {
    const box = el("details", {}, el("summary", {}, "What can I write?"));
    const fill = async () => {
      if (!box.open || box.childElementCount > 1) return;
      forms = forms || await get("/api/forms");
      const write = (text) => { this.put(`${this.field.value && !this.field.value.endsWith("\n") ? "\n" : ""}${text}`); };
      for (const [kind, title] of [["political", "Between governments"], ["military", "In the field"], ["standing", "In force until withdrawn"], ["free", "Anything else"]]) {
        box.append(el("h3", {}, title), el("ul", { className: "plain forms" }, forms.forms.filter((f) => f.kind === kind).map((f) => el("li", {},
          el("button", { type: "button", className: "order quiet", title: "Write this", onclick: () => write(f.example) }, f.example), el("br"), f.does))));
      }
      box.append(el("p", { className: "soft" }, `Answers beforehand: answer QUESTION yes or no, where QUESTION is ${forms.questions.join(", ")}.`));
    };
    box.addEventListener("toggle", fill);
    return box;
  }

  given() {
    const o = this.desk.orders, line = (text) => el("li", { className: "given" }, el("span", { className: "order" }, text),
      el("button", { type: "button", className: "danger", "aria-label": `Take back: ${text}`, onclick: () => this.act("/api/withdraw", { lines: [text] }, "taken back") }, "Take back"));
    this.closed.textContent = this.desk.over ? "The game is over." : this.desk.orders_closed ? "The umpire has closed the orders of this turn." : "";
    const listed = JSON.stringify([o.accepted, o.standing]);
    if (listed === this.listed) return;
    this.listed = listed;
    this.there.replaceChildren(...[
      el("h3", {}, `Handed in for this turn (${o.accepted.length})`),
      o.accepted.length ? el("ul", { className: "plain" }, o.accepted.map(line)) : el("p", { className: "soft" }, "Nothing yet. What you do not order, your staff does as it thinks best."),
      o.standing.length ? [el("h3", {}, "In force until withdrawn"), el("ul", { className: "plain" }, o.standing.map(line))] : [],
    ].flat(2));
  }

  goals(tag = "h3") {
    return this.desk.goals?.length ? [el(tag, {}, "Your objectives (secret)"), el("ul", { className: "goals" }, this.desk.goals.map((g) => el("li", {}, g)))] : [];
  }

  told(rejected) {
    return rejected.map((r) => el("p", { className: "fault" }, el("b", {}, `line ${r.line}, ${r.why}: `), r.reason, r.suggestions?.length ? el("span", { className: "order" }, ` ${r.suggestions.join(" | ")}`) : ""));
  }

  async check() {
    const asked = this.draft;
    if (!asked.trim()) { this.answer.replaceChildren(); return; }
    try {
      const { accepted, rejected } = await post("/api/check", { text: asked });
      if (asked === this.draft) this.answer.replaceChildren(...accepted.map((a) => el("p", { className: "good" }, `line ${a.line}: ${a.text}`)), ...this.told(rejected));
    } catch (error) { this.answer.replaceChildren(el("p", { className: "fault" }, error.message)); }
  }

  async submit() {
    const sent = this.draft;
    if (!sent.trim()) return;
    clearTimeout(this.timer);
    try {
      const { accepted, rejected } = await post("/api/orders", { text: sent });
      const back = new Set(rejected.map((r) => r.line));
      this.draft = sent.split("\n").filter((_, k) => back.has(k + 1)).join("\n");
      this.field.value = this.draft;
      this.answer.replaceChildren(...this.told(rejected.map((r, k) => ({ ...r, line: k + 1 }))));
      say(`${accepted.length} handed in${rejected.length ? `, ${rejected.length} sent back` : ""}`);
    } catch (error) { say(error.message, 8); }
  }

  put(text) {
    this.field.setRangeText(text, this.field.selectionEnd, this.field.selectionEnd, "end");
    this.draft = this.field.value;
    this.field.focus();
    this.check();
  }

  picked(id, here) {
    if (this.page !== "orders" || this.reading) return;
    const own = here.find((f) => f.power === this.seat && f.under), { field } = this;
    const line = field.value.slice(0, field.selectionEnd).split("\n").at(-1);
    const word = !line.trim() && own ? `${own.under} ` : /(\s|^)$/.test(line) ? id : /^\S+$/.test(line) || /\b(attack|defend|withdraw|breakout|move|to|at|via|for)$/.test(line) ? ` ${id}` : `, ${id}`;
    this.put(word);
  }

  mail() {
    const others = this.position.powers.map((p) => p.power).filter((p) => p !== this.seat);
    const people = others.filter((p) => this.players?.includes(p));
    const to = checks("To", people), more = el("input", { "aria-label": "Other powers, by their codes", placeholder: people.length ? "others: ROM, TUR" : "POL, FRA" });
    const way = el("select", { "aria-label": "By which way" }, this.desk.ways.map((w) => el("option", { value: w.id }, w.name)));
    const text = el("textarea", { rows: 3, "aria-label": "Message" }), ask = el("textarea", { rows: 2, "aria-label": "Question to the umpire" });
    const send = async () => { if (await this.act("/api/message", { to: [...to.chosen(), ...more.value.split(/[\s,]+/).filter(Boolean)], text: text.value, way: way.value }, "sent")) { text.value = ""; } };
    const question = async () => { if (await this.act("/api/rfi", { text: ask.value }, "asked")) { ask.value = ""; } };
    this.tray = el("div");
    this.letters();
    return [
      el("h2", {}, "Write to a government"), to.box, el("div", { className: "row" }, more, way), text,
      el("div", { className: "row" }, el("button", { type: "button", onclick: send }, "Send")),
      el("h2", {}, "Ask the umpire"), ask,
      el("div", { className: "row" }, el("button", { type: "button", onclick: question }, "Ask")), this.tray,
    ];
  }

  letters() {
    const d = this.desk;
    this.tray.replaceChildren(...[
      d.rfis.length ? el("ul", { className: "plain" }, d.rfis.map((r) => el("li", {}, el("b", {}, `${r.number}. `), r.text, el("br"), r.answer ? el("span", { className: "good" }, r.answer) : el("span", { className: "soft" }, "no answer yet")))) : "",
      el("h2", {}, `Come in (${d.received.length})`),
      d.received.length ? el("ul", { className: "plain" }, [...d.received].reverse().map((m) => el("li", {}, el("b", {}, `${spoken(m.came)}, from ${country(m.from)} to ${m.to.map(country).join(", ")}`), m.intercepted ? el("span", { className: "badge" }, "read on its way") : "", el("br"), m.text))) : el("p", { className: "soft" }, "No messages."),
      d.sent.length ? el("h2", {}, `Sent (${d.sent.length})`) : "", d.sent.length ? el("ul", { className: "plain" }, [...d.sent].reverse().map((m) => el("li", {}, el("span", { className: "soft" }, `to ${m.to.map(country).join(", ")}: `), m.text))) : "",
    ].filter(Boolean));
  }

  async act(path, body, done) {
    try { await post(path, body); say(done); if (!live()) await this.look?.(); this.draw(false); return true; } catch (error) { say(error.message, 8); return false; }
  }

  forces() {
    const own = this.position.forces.filter((f) => f.power === this.seat), others = this.position.forces.filter((f) => f.power !== this.seat);
    const by = new Map(), seen = new Map();
    for (const f of own) by.set(f.under || "none", [...(by.get(f.under || "none") || []), f]);
    for (const f of others) { const k = `${f.power}|${f.province}`; seen.set(k, [...(seen.get(k) || []), f]); }
    const men = (fs) => fs.reduce((sum, f) => sum + f.men, 0), mean = (fs, key) => `${Math.round(100 * fs.reduce((s, f) => s + f[key] * f.men, 0) / Math.max(1, men(fs)))} %`;
    return [
      el("h2", {}, "Our forces"),
      own.length ? el("table", {}, el("thead", {}, el("tr", {}, ["Headquarters", "Men", "Supply", "Ready", "Where"].map((h) => el("th", { scope: "col" }, h)))),
        el("tbody", {}, [...by].map(([hq, fs]) => el("tr", {}, el("th", { scope: "row", className: "order" }, hq), el("td", { className: "n" }, number(men(fs))), el("td", { className: "n" }, mean(fs, "supply")), el("td", { className: "n" }, mean(fs, "readiness")), el("td", {}, [...new Set(fs.map((f) => place(f.province)))].slice(0, 5).join(", ")))))) : el("p", { className: "soft" }, "We have no troops in the field."),
      el("h2", {}, "What we know of others"),
      seen.size ? el("table", {}, el("thead", {}, el("tr", {}, ["Power", "Where", "Men, about"].map((h) => el("th", { scope: "col" }, h)))),
        el("tbody", {}, [...seen].sort((a, b) => men(b[1]) - men(a[1])).slice(0, 60).map(([k, fs]) => el("tr", {}, el("td", {}, country(k.split("|")[0])), el("td", {}, place(k.split("|")[1])), el("td", { className: "n" }, number(men(fs))))))) : el("p", { className: "soft" }, "Nobody stands where we could see him."),
    ];
  }

  later(path, none, ...more) {
    const box = el("div", {}, el("p", { className: "soft" }, "…"));
    get(path).then(({ markdown: text }) => box.replaceChildren(...(text ? [...more.flat(), markdown(text)] : [el("p", { className: "soft" }, none)])), (e) => box.replaceChildren(el("p", { className: "fault" }, e.message)));
    return box;
  }

  // Where this page gets what is its seat's own; the umpire looking over its shoulder gets the same bytes.
  path(what, query = "") { return `/api/${this.reading ? "preview/" : ""}${what}?${this.reading ? `seat=${this.seat}&` : ""}${query}`; }

  report() {
    const map = el("img", { src: this.path("map.png", `turn=${this.desk.turn}`), alt: "Map of the situation as we know it", className: "picture" });
    const print = el("a", { href: this.path("papers/report"), download: "" }, "Report with map (PDF)");
    return this.later(this.path("report"), "The first report comes with the first turn.", el("p", {}, print), map);
  }

  brief() {
    return [...this.goals("h2"), this.later(this.path("briefing"), "This game has no written briefing.")];
  }

  paper() { return this.later("/api/newspaper", "The first newspaper comes out with the first turn.", el("p", {}, download("newspaper", "Front page (PDF)"))); }

  powers() {
    const p = this.position, words = (t) => t.replaceAll("_", " ");
    return [
      p.offers?.length ? [el("h2", {}, "Offers on the table"), el("ul", { className: "plain" }, p.offers.map((o) => el("li", {}, `${words(o.kind || o.form || "")}: ${(o.parties || []).map(country).join(", ")}`)))] : "",
      el("h2", {}, "Wars"), el("ul", { className: "plain" }, p.wars.map((w) => el("li", {}, `${w.attackers.map(country).join(", ")} against ${w.defenders.map(country).join(", ")} since ${spoken(w.began.slice(0, 10))}${w.over ? " (over)" : ""}`))),
      p.wars.length ? "" : el("p", { className: "soft" }, "None."),
      el("h2", {}, "Treaties known to you"), el("ul", { className: "plain" }, p.treaties.map((t) => el("li", {}, el("b", {}, words(t.kind)), ` ${t.parties.map(country).join(", ")}${t.against.length ? `, against ${t.against.map(country).join(", ")}` : ""}${t.until ? `, until ${spoken(t.until.slice(0, 10))}` : ""}`))),
      el("h2", {}, "Governments"), el("table", {}, el("thead", {}, el("tr", {}, ["Power", "Head", "Standing"].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, p.powers.map((g) => el("tr", {}, el("th", { scope: "row" }, `${g.name} (${g.power})`), el("td", {}, g.head || ""), el("td", {}, words(g.standing || "")))))),
    ];
  }
}

export class Desk {
  constructor(main, me) {
    this.me = me;
    this.plays = me.place !== "observer";
    this.pages = new Pages(me.place, { look: () => this.look() });
    this.field = new Field((id, here) => this.pages.picked(id, here));
    main.replaceChildren(el("div", { className: "desk" }, this.field.box, el("section", { className: "side card", "aria-label": "Desk" }, this.pages.box)));
  }

  // What happens is sent, with what changed of the position; whoever has missed something looks for himself.
  told({ desk, change }) {
    if (this.looking || !this.position) { this.again = true; return; }
    const known = this.desk.position === desk.position ? this.position : change?.from === this.desk.position && change.to === desk.position ? applied(this.position, change.changes) : null;
    if (known) this.draw(desk, known); else this.look();
  }

  async look() {
    if (this.looking) { this.again = true; return; }
    this.looking = true;
    try {
      const first = !this.position;
      const [desk, { places }] = await Promise.all([get("/api/desk"), first ? get("/api/door") : { places: null }, first ? this.field.start() : null]);
      if (places) this.pages.players = places.map((p) => p.id).filter((p) => !["umpire", "observer", this.me.place].includes(p));
      this.draw(desk, this.desk?.position === desk.position ? this.position : await get("/api/position"));
    } catch (error) { say(error.message, 8); }
    this.looking = false;
    if (this.again) { this.again = false; await this.look(); }
  }

  draw(desk, position) {
    const later = this.desk && this.desk.date !== desk.date;
    if (position !== this.position) this.field.show(position, this.plays ? this.me.place : "", `${this.plays ? `As known to ${country(this.me.place)}` : "As everybody knows it"}, ${spoken(desk.date)}`);
    Object.assign(this, { desk, position });
    $("clock").textContent = `${spoken(desk.date)} · turn ${desk.turn}${desk.over ? " · the game is over" : ""}`;
    this.pages.show(desk, position);
    document.body.dataset.drawn = desk.position;
    if (later) say(`It is ${spoken(desk.date)}: read the news`, 8);
  }
}
