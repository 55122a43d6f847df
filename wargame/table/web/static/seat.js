// A seat's desk: map, orders checked as they are typed, news, mail, questions to the umpire, report.
import { $, el, get, markdown, post, say, spoken, tabs } from "/static/console.js";
import { Map_ } from "/static/map.js";

export class Desk {
  constructor(main, me) {
    this.me = me;
    this.plays = me.place !== "observer";
    this.map = new Map_((id, here) => this.picked(id, here));
    this.body = el("div");
    const pages = [["news", "News"], ...(this.plays ? [["orders", "Orders"], ["mail", "Mail"], ["report", "Report"], ["brief", "Briefing"]] : []), ["powers", "Powers"]];
    this.tabs = tabs(pages, (name) => { this.page = name; this.draw(); });
    this.side = el("section", { className: "side card", "aria-label": "Desk" }, this.tabs, this.body);
    main.replaceChildren(el("div", { className: "desk" }, this.map.box, this.side));
    this.draft = "";
  }

  async look() {
    if (this.looking) { this.again = true; return; }
    this.looking = true;
    try {
      const first = !this.picture;
      const [picture] = await Promise.all([get("/api/picture"), first ? this.map.start() : null]);
      const moved = this.picture && this.picture.date !== picture.date;
      this.picture = picture;
      $("clock").textContent = `${spoken(picture.date)}${picture.turn ? ` · turn ${picture.turn}` : ""}`;
      this.map.show(picture, this.plays ? this.me.place : "");
      if (first) this.tabs.choose(this.plays ? "orders" : "news"); else this.draw();
      if (moved) say(`It is ${spoken(picture.date)}: read the news`, 8);
    } catch (error) { say(error.message, 8); }
    this.looking = false;
    if (this.again) { this.again = false; await this.look(); }
  }

  draw() {
    if (!this.picture || !this.page) return;
    if (this.page === "orders" && this.form && this.body.contains(this.form)) { this.given(); return; }
    this.body.replaceChildren(...[this[this.page]()].flat());
  }

  news() {
    const heard = this.picture.heard.filter((h) => !["order_issued", "objective_reached", "weather_turned"].includes(h.kind));
    const items = (this.picture.news || []).map((n) => el("li", {}, el("b", {}, `${n.came.slice(0, 10)} `), n.text));
    return [
      el("h2", {}, "What you have heard"),
      items.length ? el("ul", { className: "plain" }, items) : "",
      el("ul", { className: "plain" }, heard.slice(-150).reverse().map((h) => el("li", {}, el("span", { className: "soft" }, `${h.at.slice(0, 10)} `), h.text))),
      heard.length ? "" : el("p", { className: "soft" }, "Nothing yet."),
    ];
  }

  orders() {
    const box = el("textarea", { rows: 9, spellcheck: false, value: this.draft, "aria-label": "Orders, one a line", placeholder: "pol_armia_lodz defend sieradz, wielun\nmobilise\npropose defence with FRA" });
    this.box = box;
    this.answer = el("div", { "aria-live": "polite" });
    this.there = el("div");
    let timer = 0;
    box.addEventListener("input", () => { this.draft = box.value; clearTimeout(timer); timer = setTimeout(() => this.check(), 350); });
    box.addEventListener("keydown", (e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); this.submit(); } });
    this.form = el("div", {},
      el("h2", {}, "Orders"),
      el("p", { className: "soft" }, "One a line. Click a province on the map to write its name. Ctrl and Enter hands them in."),
      box, this.answer,
      el("div", { className: "row" }, el("button", { type: "button", onclick: () => this.submit() }, "Hand in"),
        el("span", { className: "soft" }, this.picture.orders_closed ? "Orders are closed for this turn." : "")),
      this.there);
    this.given();
    return this.form;
  }

  given() {
    const o = this.picture.orders || { accepted: [], standing: [], rejected: [] };
    const line = (text) => el("li", {}, el("span", { className: "order" }, text), " ",
      el("button", { type: "button", className: "danger", "aria-label": `Take back: ${text}`, onclick: () => this.act("/api/withdraw", { lines: [text] }, "taken back") }, "Take back"));
    this.there.replaceChildren(...[
      el("h3", {}, `Handed in for this turn (${o.accepted.length})`), el("ul", { className: "plain" }, o.accepted.map(line)),
      o.standing.length ? [el("h3", {}, "In force until withdrawn"), el("ul", { className: "plain" }, o.standing.map(line))] : [],
      this.picture.goals?.length ? [el("h3", {}, "Your objectives (secret)"), el("ul", {}, this.picture.goals.map((g) => el("li", {}, g)))] : [],
    ].flat());
  }

  told(rejected) {
    return rejected.map((r) => el("p", { className: "fault" }, `line ${r.line}: ${r.why}: ${r.reason}`,
      r.suggestions?.length ? ` — ${r.suggestions.join("; ")}` : ""));
  }

  async check() {
    if (!this.draft.trim()) { this.answer.replaceChildren(); return; }
    try {
      const { accepted, rejected } = await post("/api/check", { text: this.draft });
      this.answer.replaceChildren(...accepted.map((a) => el("p", { className: "good" }, `line ${a.line}: ${a.text}`)), ...this.told(rejected));
    } catch (error) { this.answer.replaceChildren(el("p", { className: "fault" }, error.message)); }
  }

  async submit() {
    if (!this.draft.trim()) return;
    try {
      const { accepted, rejected } = await post("/api/orders", { text: this.draft });
      const back = new Set(rejected.map((r) => r.line));
      this.draft = this.draft.split("\n").filter((_, k) => back.has(k + 1)).join("\n");
      this.box.value = this.draft;
      this.answer.replaceChildren(...this.told(rejected.map((r, k) => ({ ...r, line: k + 1 }))));
      say(`${accepted.length} handed in${rejected.length ? `, ${rejected.length} sent back` : ""}`);
    } catch (error) { say(error.message, 8); }
  }

  picked(id, here) {
    if (this.page !== "orders" || !this.box) return;
    const own = here.find((f) => f.power === this.me.place && f.under);
    const empty = !this.box.value || this.box.value.endsWith("\n");
    const word = empty && own ? `${own.under} ` : `${this.box.value && !/[\s]$/.test(this.box.value) ? ", " : ""}${id}`;
    this.box.setRangeText(word, this.box.selectionEnd, this.box.selectionEnd, "end");
    this.draft = this.box.value;
    this.box.focus();
    this.check();
  }

  mail() {
    const to = el("input", { "aria-label": "To, codes of powers", placeholder: "FRA, GBR" });
    const way = el("select", { "aria-label": "By which way" }, this.picture.ways.map((w) => el("option", { value: w.id }, w.name)));
    const text = el("textarea", { rows: 4, "aria-label": "Message" });
    const ask = el("textarea", { rows: 2, "aria-label": "Question to the umpire" });
    const p = this.picture;
    return [
      el("h2", {}, "Messages"),
      el("div", { className: "row" }, to, way), text,
      el("div", { className: "row" }, el("button", { type: "button", onclick: () => this.act("/api/message", { to: to.value.split(/[\s,]+/).filter(Boolean), text: text.value, way: way.value }, "sent") }, "Send")),
      el("ul", { className: "plain" }, p.received.map((m) => el("li", {}, el("b", {}, `${m.came.slice(0, 10)} from ${m.from} to ${m.to.join(", ")}`), m.intercepted ? " (read on its way)" : "", el("br"), m.text))),
      p.sent.length ? [el("h3", {}, "Sent"), el("ul", { className: "plain" }, p.sent.map((m) => el("li", {}, el("span", { className: "soft" }, `to ${m.to.join(", ")}: `), m.text)))] : [],
      el("h3", {}, "Ask the umpire"), ask,
      el("div", { className: "row" }, el("button", { type: "button", onclick: () => this.act("/api/rfi", { text: ask.value }, "asked") }, "Ask")),
      el("ul", { className: "plain" }, p.rfis.map((r) => el("li", {}, el("b", {}, `${r.number}. `), r.text, el("br"), r.answer || el("span", { className: "soft" }, "no answer yet")))),
    ].flat();
  }

  async act(path, body, done) {
    try { await post(path, body); say(done); await this.look(); this.draw(); } catch (error) { say(error.message, 8); }
  }

  report() {
    const box = el("div", {}, el("p", { className: "soft" }, "…"));
    get("/api/report").then(({ markdown: text }) => box.replaceChildren(text ? markdown(text) : el("p", { className: "soft" }, "The first report comes with the first turn.")), (e) => say(e.message));
    return box;
  }

  brief() {
    const box = el("div", {}, el("p", { className: "soft" }, "…"));
    get("/api/briefing").then(({ markdown: text }) => box.replaceChildren(text ? markdown(text) : el("p", { className: "soft" }, "This game has no written briefing.")), (e) => say(e.message));
    return box;
  }

  powers() {
    const p = this.picture;
    return [
      el("h2", {}, "Wars"), el("ul", { className: "plain" }, p.wars.map((w) => el("li", {}, `${w.attackers.join(", ")} against ${w.defenders.join(", ")} since ${w.began.slice(0, 10)}${w.over ? " (over)" : ""}`))),
      p.wars.length ? "" : el("p", { className: "soft" }, "None."),
      el("h2", {}, "Treaties known to you"), el("ul", { className: "plain" }, p.treaties.map((t) => el("li", {}, `${t.kind.replace("_", " ")}: ${t.parties.join(", ")}${t.against.length ? `, against ${t.against.join(", ")}` : ""}`))),
      el("h2", {}, "Governments"), el("table", {}, p.powers.map((g) => el("tr", {}, el("th", { scope: "row" }, g.power), el("td", {}, g.head || ""), el("td", {}, (g.standing || "").replace("_", " "))))),
    ];
  }
}
