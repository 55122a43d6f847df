// The umpire's desk: the clock, seats and their orders, what is contested and how it is ruled, mail, injects, the record.
import { $, el, get, post, say, spoken, tabs } from "/static/console.js";
import { Map_ } from "/static/map.js";

const percent = (x) => `${Math.round(100 * x)} %`;
const lines = (text) => text.split("\n").map((l) => l.trim()).filter(Boolean);
const codes = (text) => text.split(/[\s,]+/).filter(Boolean);

export class Desk {
  constructor(main, me) {
    this.me = me;
    this.as = "";
    this.map = new Map_((id, here) => { this.place = id; });
    this.body = el("div");
    this.tabs = tabs([["turn", "Turn"], ["rulings", "Matters"], ["seats", "Seats"], ["mail", "Mail"], ["injects", "Injects"], ["log", "Record"]],
      (name) => { this.page = name; this.draw(); });
    this.view = el("select", { "aria-label": "See the map as", onchange: () => { this.as = this.view.value; this.look(); } });
    this.side = el("section", { className: "side card", "aria-label": "Umpire's desk" }, el("div", { className: "row" }, el("label", {}, "See the map as ", this.view)), this.tabs, this.body);
    main.replaceChildren(el("div", { className: "desk umpire" }, this.map.box, this.side));
  }

  async look() {
    if (this.looking) { this.again = true; return; }
    this.looking = true;
    try {
      const first = !this.table;
      const [table, picture] = await Promise.all([get("/api/table"), get(this.as ? `/api/preview?seat=${this.as}` : "/api/picture"), first ? this.map.start() : null]);
      this.table = table;
      const chosen = this.view.value;
      this.view.replaceChildren(el("option", { value: "" }, "umpire: the truth"), el("option", { value: "observer" }, "observer"),
        ...table.seats.filter((s) => s.kind === "human").map((s) => el("option", { value: s.power }, `${s.power}, exactly as its page`)));
      this.view.value = chosen;
      this.map.box.classList.toggle("preview", Boolean(this.as));
      $("clock").textContent = `${spoken(table.date)} · turn ${table.turn}, ${table.length === "event" ? "until something happens" : `a ${table.length}`}`;
      this.map.show(picture, this.as === "observer" ? "" : this.as);
      this.tabs.mark("rulings", `Matters ${table.proposals.length ? `(${table.rulings.length}/${table.proposals.length})` : ""}`);
      this.tabs.mark("mail", `Mail ${table.rfis.some((r) => !r.answer) ? "(questions)" : ""}`);
      if (first) this.tabs.choose("turn"); else if (!this.typing()) this.draw();
    } catch (error) { say(error.message, 8); }
    this.looking = false;
    if (this.again) { this.again = false; await this.look(); }
  }

  typing() {
    const at = document.activeElement;
    return this.body.contains(at) && ["TEXTAREA", "INPUT"].includes(at.tagName) && at.value;
  }

  draw() {
    if (this.table && this.page) this.body.replaceChildren(...[this[this.page]()].flat(3).filter(Boolean));
  }

  async act(path, body, done, busy = "") {
    if (busy) say(busy, 0);
    try {
      const found = await post(path, body);
      say(done);
      document.activeElement?.blur();
      await this.look();
      this.draw();
      return found;
    } catch (error) { say(error.message, 12); return null; }
  }

  button(label, act, look = "") { return el("button", { type: "button", className: look, onclick: act }, label); }

  turn() {
    const t = this.table;
    const human = t.seats.filter((s) => s.kind === "human");
    const length = el("select", { "aria-label": "Length of a turn", onchange: () => this.act("/api/turn", { length: length.value }, "changed") },
      [...new Set([t.length, "day", "week", "month", "event"])].map((l) => el("option", { value: l, selected: l === t.length }, l === "event" ? "until something happens" : l)));
    const own = el("textarea", { rows: 2, "aria-label": "Effects of your own, one a line", placeholder: "control lodz GER" });
    const why = el("input", { "aria-label": "Reason", placeholder: "why" });
    const note = el("textarea", { rows: 2, "aria-label": "Note" });
    const rolls = el("input", { type: "number", min: 0, max: 1000, value: 40, "aria-label": "Roll-outs" });
    const days = el("input", { type: "number", min: 1, max: 366, value: 30, "aria-label": "Days" });
    const odds = el("div");
    return [
      el("h2", {}, "This turn"),
      el("div", { className: "row" }, el("label", {}, "A turn is ", length),
        this.button(t.orders_closed ? "Open orders" : "Close orders", () => this.act("/api/close", { closed: !t.orders_closed }, "done"), "quiet")),
      el("ul", { className: "plain" }, human.map((s) => el("li", {}, el("b", {}, s.power), ` ${s.people.join(", ") || "nobody"}: `,
        s.orders.accepted.length ? `${s.orders.accepted.length} orders` : el("span", { className: "soft" }, "no orders yet"),
        s.orders.rejected.length ? el("span", { className: "fault" }, `, ${s.orders.rejected.length} sent back`) : "",
        s.orders.accepted.length || s.orders.standing.length ? el("details", {}, el("summary", {}, "read"), el("ul", {}, [...s.orders.accepted, ...s.orders.standing.map((o) => `${o} (standing)`)].map((o) => el("li", { className: "order" }, o)))) : ""))),
      el("div", { className: "row" }, el("label", {}, "Roll-outs ", rolls),
        this.button("Propose", () => this.act("/api/propose", { rollouts: Number(rolls.value) }, "what is contested is under Matters", "adjudicating…")),
        this.button("Commit the turn", () => this.act("/api/commit", {}, "committed", "playing the turn…"))),
      el("div", { className: "row" }, this.button("Undo a turn", () => this.act("/api/undo", { turns: 1 }, "gone back"), "danger"), this.button("Redo", () => this.act("/api/redo", {}, "gone on"), "quiet"),
        this.button("Fork a what-if", () => { const name = prompt("Name of the fork's file"); if (name) this.act("/api/fork", { name }, "forked"); }, "quiet")),
      t.score && Object.keys(t.score).length ? el("details", {}, el("summary", {}, "Score so far (secret)"), el("pre", {}, JSON.stringify(t.score, null, 1))) : "",
      el("h3", {}, "Rule something of your own"), own, why,
      el("div", { className: "row" }, this.button("Rule", () => this.act("/api/act", { effects: lines(own.value), reason: why.value }, "ruled"))),
      el("h3", {}, "Odds from here"),
      el("div", { className: "row" }, el("label", {}, "Days ", days), this.button("Play on 100 times", async () => {
        const found = await this.act("/api/odds", { runs: 100, days: Number(days.value) }, "done", "playing on…");
        if (found) { this.found = found; this.draw(); }
      }, "quiet")), odds, this.found ? this.chances(this.found) : "",
      el("h3", {}, "Note down"), note, el("div", { className: "row" }, this.button("Note", () => this.act("/api/note", { text: note.value }, "noted"), "quiet")),
    ];
  }

  chances(found) {
    const rows = [];
    for (const [title, part] of Object.entries(found)) {
      if (Array.isArray(part)) for (const x of part.slice(0, 20)) rows.push(el("tr", {}, el("td", {}, `${title}: ${x.about || x.name || x.operation || x.place || x.province || ""} ${x.what || x.outcome || x.power || ""}`), el("td", { className: "n" }, typeof (x.share ?? x.value) === "number" ? percent(x.share ?? x.value) : "")));
    }
    return rows.length ? el("table", {}, rows) : el("details", {}, el("summary", {}, "What came of it"), el("pre", {}, JSON.stringify(found, null, 1)));
  }

  rulings() {
    const t = this.table;
    if (!t.proposals.length) return [el("h2", {}, "Contested matters"), el("p", { className: "soft" }, "Propose the turn first (under Turn)."), this.given()];
    const ruled = new Map(t.rulings.map((r) => [r.proposal, r]));
    return [
      el("h2", {}, "Contested matters, the weightiest first"),
      t.proposals.map((p, k) => el("details", { open: k < 2 && !ruled.has(p.id) },
        el("summary", {}, el("b", {}, `${k + 1}. ${p.about} `), el("span", { className: "badge" }, p.domain), ruled.has(p.id) ? el("span", { className: "good" }, " ruled") : ""),
        el("p", {}, `The rules: ${p.rule || p.likely}${p.probability >= 0 ? ` (${percent(p.probability)}, ${percent(p.interval[0])} to ${percent(p.interval[1])})` : ""}`),
        el("table", {}, [["likely", p.likely], ["best", p.best], ["worst", p.worst]].map(([n, text]) => el("tr", {}, el("th", { scope: "row" }, n), el("td", {}, text)))),
        p.drivers.length ? el("ul", {}, p.drivers.map((d) => el("li", {}, d))) : "",
        p.conflicts.length ? el("p", { className: "fault" }, p.conflicts.join("; ")) : "",
        p.precedents.length ? el("p", { className: "soft" }, `precedents in this game: ${p.precedents.join(", ")}`) : "",
        this.rule(p, ruled.get(p.id)))),
      this.given(),
    ];
  }

  rule(p, now) {
    const allowed = this.table.allowed[this.table.styles[p.domain]] || null;
    const reason = el("input", { "aria-label": "Reason", placeholder: "reason" });
    const outcome = el("select", { "aria-label": "Outcome" }, p.outcomes.map((o, k) => el("option", { value: String(k + 1) }, `${k + 1}. ${o.text}${o.share >= 0 ? ` (${percent(o.share)})` : ""}`)));
    const effects = el("textarea", { rows: 2, "aria-label": "What holds instead, one a line" });
    const roll = el("input", { "aria-label": "Roll", placeholder: "d100=37" });
    const claim = el("input", { "aria-label": "Claim", placeholder: "claim" }), odds = el("input", { type: "number", min: 5, max: 95, value: 50, "aria-label": "Agreed odds in per cent" });
    const pros = el("textarea", { rows: 2, "aria-label": "Reasons for", placeholder: "for it, one a line" }), cons = el("textarea", { rows: 2, "aria-label": "Reasons against", placeholder: "against it, one a line" });
    const thrown = el("input", { type: "number", min: 1, max: 99, value: 50, "aria-label": "Rolled, of 100" });
    const send = (body) => this.act("/api/rule", { proposal: p.id, reason: reason.value, ...body }, "ruled");
    return el("div", {},
      now ? el("p", { className: "good" }, `Ruled: ${now.decided || now.kind}${now.reason ? ` — ${now.reason}` : ""} `, this.button("Take back", () => this.act("/api/unrule", { id: now.id }, "taken back"), "danger")) : "",
      el("div", { className: "row" }, reason, this.button("Accept", () => send({ kind: "accept" }))),
      p.outcomes.length ? el("div", { className: "row" }, outcome, this.button("Move to", () => send({ kind: "move", outcome: outcome.value }), "quiet")) : "",
      el("details", {}, el("summary", {}, "Replace, table result, dice, argument"),
        effects,
        el("div", { className: "row" }, this.button("Replace", () => send({ kind: "replace", effects: lines(effects.value) }), "quiet"), this.button("Table result", () => send({ kind: "table_result", effects: lines(effects.value) }), "quiet"), this.button("Beyond the range", () => send({ kind: "move", outcome: "beyond", effects: lines(effects.value) }), "quiet")),
        el("div", { className: "row" }, roll, this.button("Typed dice", () => send({ kind: "dice", roll: roll.value }), "quiet")),
        el("div", { className: "row" }, claim, odds, thrown), pros, cons,
        el("div", { className: "row" }, this.button("Settle the argument", () => send({ kind: "dice", effects: lines(effects.value), argument: { claim: claim.value, pros: lines(pros.value), cons: lines(cons.value), odds: Number(odds.value) / 100, roll: Number(thrown.value) / 100 } }), "quiet")),
        allowed ? el("p", { className: "soft" }, `this domain allows: ${allowed.join(", ")}`) : ""));
  }

  given() {
    const t = this.table;
    return [
      t.rulings.length ? [el("h3", {}, "Rulings of this turn"), el("ul", { className: "plain" }, t.rulings.map((r) => el("li", {}, el("b", {}, `${r.id} `), r.decided || r.kind, r.reason ? ` — ${r.reason}` : "", " ", this.button("Take back", () => this.act("/api/unrule", { id: r.id }, "taken back"), "danger"))))] : [],
      el("h3", {}, "Styles"),
      el("table", {}, t.domains.map((d) => { const s = el("select", { "aria-label": `Style of ${d}`, onchange: () => this.act("/api/style", { domain: d, style: s.value }, "changed") }, el("option", { value: "", disabled: true, selected: !t.styles[d] }, "as the domain has it"), Object.keys(t.allowed).map((a) => el("option", { value: a, selected: t.styles[d] === a }, a))); return el("tr", {}, el("th", { scope: "row" }, d), el("td", {}, s)); })),
    ];
  }

  seats() {
    const t = this.table;
    const name = el("input", { "aria-label": "Name", placeholder: "name" }), place = el("input", { "aria-label": "Place", placeholder: "POL, umpire, observer" }), role = el("select", { "aria-label": "Role" }, ["", ...t.roles].map((r) => el("option", { value: r }, r || "role of an umpire")));
    const row = (s) => el("tr", {}, el("th", { scope: "row" }, s.power), el("td", {}, s.kind), el("td", {}, s.people.join(", ")),
      el("td", {}, this.button(s.kind === "human" ? "to its government" : "to players", () => this.act("/api/seat", { power: s.power, kind: s.kind === "human" ? "automatic" : "human" }, "changed"), "quiet"), " ",
        s.kind === "human" ? this.button("new code", async () => { const c = await this.act("/api/code", { place: s.power }, "made"); if (c) { this.code = `${s.power}: ${c.code}`; this.draw(); } }, "quiet") : ""));
    const human = t.seats.filter((s) => s.kind === "human"), others = t.seats.filter((s) => s.kind !== "human");
    return [
      el("h2", {}, "Seats"), this.code ? el("p", { className: "good order" }, `New code, shown once: ${this.code}`) : "",
      el("table", {}, human.map(row)),
      el("div", { className: "row" }, this.button("Fill empty seats", () => this.act("/api/fill", {}, "filled"), "quiet"),
        this.button("New code for observers", async () => { const c = await this.act("/api/code", { place: "observer" }, "made"); if (c) { this.code = `observer: ${c.code}`; this.draw(); } }, "quiet")),
      el("h3", {}, "Give somebody a place"), el("div", { className: "row" }, name, place, role, this.button("Seat", () => this.act("/api/person", { name: name.value, place: place.value, role: role.value }, "seated"))),
      el("details", {}, el("summary", {}, `Governments that play themselves (${others.length})`), el("table", {}, others.map(row))),
    ];
  }

  mail() {
    const t = this.table;
    return [
      el("h2", {}, "Questions of the seats"),
      el("ul", { className: "plain" }, t.rfis.map((r, k) => { const a = el("input", { "aria-label": `Answer to ${r.power}`, value: r.answer }); return el("li", {}, el("b", {}, `${k + 1}. ${r.power}: `), r.text, el("div", { className: "row" }, a, this.button(r.answer ? "Correct" : "Answer", () => this.act("/api/answer", { number: k + 1, text: a.value }, "answered")))); })),
      t.rfis.length ? "" : el("p", { className: "soft" }, "None."),
      el("h2", {}, "Messages between seats"),
      el("ul", { className: "plain" }, [...t.messages].reverse().map((m) => el("li", {}, el("b", {}, `${m.number}. ${m.sender} to ${m.to.join(", ")} `), el("span", { className: "badge" }, m.lost ? "lost" : m.held ? "held" : m.arrived ? "arrived" : "under way"), m.readers.length ? el("span", { className: "fault" }, ` read by ${m.readers.join(", ")}`) : "", el("br"), m.text,
        el("div", { className: "row" }, this.button(m.held ? "Let it go" : "Hold", () => this.act("/api/mail", { number: m.number, held: !m.held }, "done"), "quiet"), this.button("Hand over now", () => this.act("/api/mail", { number: m.number, now: true }, "done"), "quiet"), this.button(m.lost ? "Find" : "Lose", () => this.act("/api/mail", { number: m.number, lost: !m.lost }, "done"), "danger"))))),
      t.messages.length ? "" : el("p", { className: "soft" }, "None."),
    ];
  }

  injects() {
    const t = this.table;
    const text = el("textarea", { rows: 3, "aria-label": "Text" }), to = el("input", { "aria-label": "To", placeholder: "ALL, or POL, FRA; nobody if empty" });
    const at = el("input", { "aria-label": "When", placeholder: "now, or 1939-08-27T18:00" }), when = el("input", { "aria-label": "Condition", placeholder: "or when: at_war GER POL" }), effects = el("textarea", { rows: 2, "aria-label": "Effects, one a line" });
    return [
      el("h2", {}, "Bring something in"), text, to, el("div", { className: "row" }, at, when), effects,
      el("div", { className: "row" }, this.button("Inject", () => this.act("/api/inject", { text: text.value, to: codes(to.value), at: at.value, when: lines(when.value), effects: lines(effects.value) }, "brought in"))),
      el("ul", { className: "plain" }, t.injects.map((i) => el("li", {}, el("b", {}, `${i.id} `), el("span", { className: "badge" }, i.fired ? "has come" : i.when.length ? `when ${i.when.join(", ")}` : "to come"), ` ${i.text}`, i.to.length ? el("span", { className: "soft" }, ` to ${i.to.join(", ")}`) : "", i.fired ? "" : this.button("Take back", () => this.act("/api/uninject", { id: i.id }, "taken back"), "danger")))),
    ];
  }

  log() {
    return [
      el("h2", {}, "Record of the table"),
      el("table", {}, [...this.table.log].reverse().map((a) => el("tr", {}, el("td", { className: "n" }, String(a.n)), el("td", {}, a.at.slice(11, 19)), el("td", {}, a.who), el("td", {}, a.kind.replace("_", " ")), el("td", {}, a.seat), el("td", {}, this.button("Go here", () => { if (confirm(`Go back to just after act ${a.n}? Nothing is deleted.`)) this.act("/api/undo", { to: a.n }, "gone"); }, "quiet"))))),
    ];
  }
}
