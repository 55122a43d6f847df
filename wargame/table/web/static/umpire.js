// The umpire's desk: the clock, seats and their orders, what is contested and how it is ruled, mail, injects, the record.
import { applied } from "/static/changes.js";
import { $, checks, download, el, get, live, markdown, post, say, spoken, tabs } from "/static/console.js";
import { Field } from "/static/map.js";
import { Pages } from "/static/seat.js";

const percent = (x) => `${Math.round(100 * x)} %`;
const lines = (text) => text.split("\n").map((l) => l.trim()).filter(Boolean);
const codes = (text) => text.split(/[\s,]+/).filter(Boolean);
const WORK_MS = 300;
const PARTS = { // of the table, that each page shows
  turn: ["length", "orders_closed", "can_undo", "can_redo", "seats", "pages", "score"], rulings: ["proposals", "rulings", "styles"], seats: ["seats", "people"],
  mail: ["rfis", "messages"], injects: ["injects", "seats"], odds: [], papers: ["turn"], log: ["log"],
};

export class Desk {
  constructor(main, me) {
    this.me = me;
    this.as = "";
    this.field = new Field((id) => { this.place = id; });
    this.body = el("div", { role: "tabpanel", "aria-label": "Page" });
    this.tabs = tabs([["turn", "Turn"], ["rulings", "Matters"], ["seats", "Seats"], ["mail", "Mail"], ["injects", "Injects"], ["odds", "Odds"], ["papers", "Papers"], ["log", "Record"]],
      (name) => { this.page = name; this.draw(); });
    this.view = el("select", { onchange: () => { this.as = this.view.value; this.seen = ""; this.look(); } });
    this.working = el("div", { className: "work card", hidden: true, role: "status" });
    this.own = el("div", {}, this.tabs, this.body);
    this.over = el("div", { hidden: true });
    this.side = el("section", { className: "side card", "aria-label": "Umpire's desk" }, el("div", { className: "row" }, el("label", {}, "See as ", this.view)), this.working, this.over, this.own);
    main.replaceChildren(el("div", { className: "desk umpire" }, this.field.box, this.side));
  }

  // What happens is sent, with what changed of the position; whoever has missed something looks for himself.
  told({ desk: table, change }) {
    if (this.looking || this.as || !this.table) { this.again = true; this.look(); return; }
    const known = this.seen === table.position ? this.position : change?.from === this.seen && change.to === table.position ? applied(this.position, change.changes) : null;
    if (known) this.show(table, known); else this.look();
  }

  async look() {
    if (this.looking) { this.again = true; return; }
    this.looking = true;
    do {
      this.again = false;
      try {
        const as = this.as, of = as ? `/api/preview/position?seat=${as}` : "/api/position";
        const [table, desk] = await Promise.all([get("/api/table"), as ? get(`/api/preview/desk?seat=${as}`) : null, this.table ? null : this.field.start()]);
        const position = this.seen === (desk || table).position ? this.position : await get(of);
        if (as === this.as) this.show(table, position, desk); else this.again = true;
      } catch (error) { say(error.message, 8); }
    } while (this.again);
    this.looking = false;
  }

  show(table, position, desk = null) {
    const first = !this.table, changed = position !== this.position, as = this.as;
    Object.assign(this, { table, position, seen: (desk || table).position });
    this.human = table.seats.filter((s) => s.kind === "human");
    this.choices();
    this.field.box.classList.toggle("preview", Boolean(as));
    this.own.hidden = Boolean(as);
    this.over.hidden = !as;
    if (as && this.pages?.seat !== as) {
      this.pages = new Pages(as, { reading: true });
      this.over.replaceChildren(el("p", { className: "soft" }, "This is what its page shows, byte for byte; you can only read here."), this.pages.box);
    }
    if (as) this.pages.show(desk, position); else this.pages = null;
    if (changed) this.field.show(position, as === "observer" ? "" : as, `${as ? `As seen by ${table.names[as] || as}` : "As it is"}, ${spoken(table.date)}`);
    $("clock").textContent = `${spoken(table.date)} · turn ${table.turn}, ${this.length(table.length)}${table.over ? " · the game is over" : ""}`;
    const left = table.proposals.length - table.rulings.filter((r) => r.proposal).length, open = table.rfis.filter((r) => !r.answer).length;
    this.tabs.mark("rulings", table.proposals.length ? `Matters (${left})` : "Matters");
    this.tabs.mark("mail", open ? `Mail (${open})` : "Mail");
    if (first) this.tabs.choose("turn"); else if (!this.typing() && this.drawn_of !== this.gist()) this.draw();
    if (table.work.state === "running") this.follow();
    document.body.dataset.drawn = this.seen;
  }

  // What a page of the desk is made of: one that would come out the same is not drawn again.
  gist() { return JSON.stringify([this.page, ...PARTS[this.page].map((part) => this.table[part])]); }

  choices() {
    const seats = [["", "the umpire: the truth"], ["observer", "those who watch"], ...this.human.map((s) => [s.power, `${this.table.names[s.power]}, exactly`])];
    if (seats.join() === this.listed) return;
    this.view.replaceChildren(...seats.map(([id, name]) => el("option", { value: id, selected: id === this.as }, name)));
    this.listed = seats.join();
  }

  length(l) { return l === "event" ? "until something happens" : /^\d/.test(l) ? l : `a ${l}`; }

  typing() {
    const at = document.activeElement;
    return this.body.contains(at) && ["TEXTAREA", "INPUT"].includes(at.tagName) && at.type !== "checkbox" && at.value !== at.defaultValue;
  }

  // What was written stays when the page is drawn again, but for what has just been sent.
  fields() {
    return [...this.body.querySelectorAll("input, textarea")].map((f) => [`${f.closest("details")?.dataset.id} ${f.getAttribute("aria-label") || f.value}`, f]);
  }

  draw(sent = "") {
    if (!this.table || !this.page) return;
    this.drawn_of = this.gist();
    this.said = new Set();
    const here = this.drawn === this.page, mine = (f) => (f.type === "checkbox" ? f.checked && !sent : f.value !== f.defaultValue && !(sent && sent.includes(JSON.stringify(f.value.split("\n")[0].trim()).slice(1, -1))));
    const kept = new Map(here ? this.fields().filter(([, f]) => mine(f)).map(([key, f]) => [key, f.value]) : []);
    this.drawn = this.page;
    const open = new Set([...this.body.querySelectorAll("details[open]")].map((d) => d.dataset.id));
    const shut = new Set([...this.body.querySelectorAll("details:not([open])")].map((d) => d.dataset.id));
    this.body.replaceChildren(...[this[this.page]()].flat(Infinity).filter(Boolean));
    for (const [key, f] of this.fields()) if (kept.has(key)) { if (f.type === "checkbox") f.checked = true; else f.value = kept.get(key); }
    for (const d of this.body.querySelectorAll("details[data-id]")) { if (open.has(d.dataset.id)) d.open = true; else if (shut.has(d.dataset.id)) d.open = false; }
  }

  async act(path, body, done, busy = "") {
    if (busy) say(busy, 0);
    try {
      const found = await post(path, body);
      say(done);
      if (!live()) await this.look();
      if (Object.keys(body).length) this.draw(JSON.stringify(body));
      return found;
    } catch (error) { say(error.message, 12); return null; }
  }

  // Long work goes on beside everything else; the bar shows how far it is.
  async follow() {
    if (this.following) return;
    this.following = true;
    const bar = el("progress", { "aria-label": "How far it is" }), told = el("span");
    this.working.replaceChildren(el("div", { className: "row" }, told, this.button("Give up", () => post("/api/give_up"), "danger")), bar);
    this.working.hidden = false;
    try {
      for (;;) {
        const w = await get("/api/work");
        told.textContent = `Working out ${w.what}${w.total ? `: ${w.done} of ${w.total}` : ""}`;
        if (w.total) { bar.max = w.total; bar.value = w.done; }
        if (w.state !== "running") {
          this.working.hidden = true;
          if (w.state === "failed") say(w.error, 12);
          if (w.state === "given up") say("given up");
          if (w.state === "done") { say(w.found ? "the odds are there" : "what is contested is under Matters"); if (w.found) this.found = w.found; }
          break;
        }
        await new Promise((done) => { setTimeout(done, WORK_MS); });
      }
    } catch (error) { say(error.message, 8); }
    this.following = false;
    this.working.hidden = true;
    await this.look();
    this.draw();
  }

  async begin(path, body) {
    try { await post(path, body); this.follow(); } catch (error) { say(error.message, 12); }
  }

  button(label, act, look = "") { return el("button", { type: "button", className: look, onclick: act }, label); }

  // What another umpire does can be read here, and not be pressed.
  only(duty, ...children) {
    const may = this.me.duties.includes(duty), who = { game: "The lead umpire", field: "The lead or the map umpire", words: "The lead or the liaison umpire" }[duty];
    const told = may || this.said.has(duty) ? "" : el("p", { className: "soft" }, `${who} presses these.`);
    this.said.add(duty);
    return el("fieldset", { className: "duty", disabled: !may }, told, children);
  }

  turn() {
    const t = this.table;
    const length = el("select", { onchange: () => this.act("/api/turn", { length: length.value }, "changed") },
      [...new Set([t.length, "day", "week", "month", "event"])].map((l) => el("option", { value: l, selected: l === t.length }, this.length(l))));
    const own = el("textarea", { rows: 2, "aria-label": "Effects of your own, one a line", placeholder: "control lodz GER" });
    const why = el("input", { "aria-label": "Reason for it", placeholder: "why" });
    const note = el("textarea", { rows: 2, "aria-label": "Note", placeholder: "an insight, a dissent; no seat sees it" });
    const rolls = el("input", { type: "number", min: 0, max: 1000, value: 40, "aria-label": "Roll-outs" });
    const fork = el("input", { "aria-label": "Name of the fork's file", placeholder: "what_if" });
    const sheet = (s) => [...s.orders.accepted, ...s.orders.standing.map((o) => `${o} (standing)`)];
    return [
      this.only("game", el("div", { className: "row" }, el("label", {}, "A turn is ", length),
        this.button(t.orders_closed ? "Open orders" : "Close orders", () => this.act("/api/close", { closed: !t.orders_closed }, t.orders_closed ? "orders are open" : "orders are closed"), "quiet"))),
      this.only("field", el("div", { className: "row" }, el("label", {}, "Roll-outs ", rolls), this.button("Propose", () => this.begin("/api/propose", { rollouts: Number(rolls.value) }), "quiet"))),
      this.only("game", el("div", { className: "row" }, this.button("Commit the turn", () => this.act("/api/commit", {}, "committed", "playing the turn…")), t.can_undo ? this.button("Undo a turn", () => this.act("/api/undo", { turns: 1 }, "gone back"), "danger") : "", t.can_redo ? this.button("Redo", () => this.act("/api/redo", {}, "gone on"), "quiet") : "")),
      el("h2", {}, "Orders on the table"),
      this.human.length ? el("table", {}, el("thead", {}, el("tr", {}, ["Seat", "People", "Orders"].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, this.human.map((s) => el("tr", {}, el("th", { scope: "row" }, s.power), el("td", {}, s.people.join(", ") || (t.pages.includes(s.power) ? "page is open" : el("span", { className: "soft" }, "nobody yet"))),
        el("td", {}, sheet(s).length ? el("details", { "data-id": `orders ${s.power}` }, el("summary", {}, `${sheet(s).length}`), el("ul", { className: "plain" }, sheet(s).map((o) => el("li", { className: "order" }, o)))) : el("span", { className: "soft" }, "none"), s.orders.rejected.length ? el("span", { className: "fault" }, `${s.orders.rejected.length} sent back`) : ""))))) : el("p", { className: "soft" }, "No power is played by people; give them seats under Seats."),
      this.score(),
      el("h2", {}, "Rule something of your own"), this.only("field", own, why,
        el("div", { className: "row" }, this.button("Rule", () => this.act("/api/act", { effects: lines(own.value), reason: why.value }, "ruled"), "quiet"))),
      el("h2", {}, "Fork a what-if"), this.only("game", el("div", { className: "row" }, fork, this.button("Fork", () => this.act("/api/fork", { name: fork.value }, "forked, in a file beside this game's"), "quiet"))),
      el("h2", {}, "Note down"), note, el("div", { className: "row" }, this.button("Note", () => this.act("/api/note", { text: note.value }, "noted"), "quiet")),
    ];
  }

  score() {
    const score = Object.entries(this.table.score || {});
    if (!score.length) return [];
    const sum = (goals) => goals.filter((g) => g.reached).reduce((n, g) => n + g.points, 0);
    return el("details", { "data-id": "score" }, el("summary", {}, `Score, secret: ${score.map(([p, goals]) => `${p} ${sum(goals)}`).join(", ")}`),
      score.map(([p, goals]) => [el("h3", {}, this.table.names[p] || p), el("ul", { className: "plain" }, goals.map((g) => el("li", {}, el("span", { className: g.reached ? "good" : "soft" }, g.reached === null || g.reached === undefined ? "judge: " : g.reached ? "reached: " : "not: "), `${g.text} (${g.points > 0 ? "+" : ""}${g.points})`)))]));
  }

  odds() {
    const days = el("input", { type: "number", min: 1, max: 366, value: 30, "aria-label": "Days" }), runs = el("input", { type: "number", min: 1, max: 1000, value: 200, "aria-label": "Times" });
    return [
      el("p", { className: "soft" }, "The position is played on with the orders and rulings on the table and other luck each time. The game is not touched."),
      this.only("field", el("div", { className: "row" }, el("label", {}, "Times ", runs), el("label", {}, "Days ", days), this.button("Play on", () => this.begin("/api/odds", { runs: Number(runs.value), days: Number(days.value) })))),
      this.found ? [el("h2", {}, `${this.found.runs} times from ${spoken(this.found.begins)} to ${spoken(this.found.until)}`), this.found.tables.length ? "" : el("p", { className: "soft" }, "Nothing changes in any of them."), this.found.tables.map((t) => [el("h3", {}, t.title),
        el("table", {}, el("thead", {}, el("tr", {}, t.heads.map((h) => (h ? el("th", { scope: "col" }, h) : el("td"))))), el("tbody", {}, t.rows.map((r) => el("tr", {}, r.map((c) => el("td", { className: "lines" }, c))))))])] : el("p", { className: "soft" }, "No odds yet."),
    ];
  }

  rulings() {
    const t = this.table;
    const styles = el("details", { "data-id": "styles" }, el("summary", {}, "How matters are settled"), this.only("game", t.domains.map((d) => { const choice = el("select", { onchange: () => this.act("/api/style", { domain: d, style: choice.value }, "changed") }, Object.keys(t.allowed).map((s) => el("option", { value: s, selected: s === t.styles[d] }, s))); return el("div", { className: "row" }, el("label", {}, `${d} `, choice)); })));
    if (!t.proposals.length) return [el("h2", {}, "Contested matters"), el("p", { className: "soft" }, "None yet. “Propose”, under Turn, works the turn out and lists what is contested."), styles, this.given()];
    const ruled = new Map(t.rulings.map((r) => [r.proposal, r]));
    const matters = t.proposals.map((p, k) => this.matter(p, k + 1, ruled.get(p.id), k < t.in_full)), rest = matters.slice(t.in_full);
    const turn = (open) => { for (const m of this.body.querySelectorAll("details.matter")) m.open = open && !m.classList.contains("brief"); };
    return [
      el("h2", {}, "Contested matters, the weightiest first"),
      matters.length > 1 ? el("div", { className: "row" }, this.button("Shut all", () => turn(false), "quiet"), this.button(rest.length ? `Open the first ${t.in_full}` : "Open all", () => turn(true), "quiet")) : "",
      matters.slice(0, t.in_full),
      rest.length ? [el("h2", {}, `The other ${rest.length}, in a line each`), rest] : "",
      styles, this.given(),
    ];
  }

  // One matter: in full, or in a line that opens to the same.
  matter(p, number, now, full) {
    const fate = now ? el("span", { className: "good" }, now.decided || "as the rules have it") : p.rule || p.likely;
    return el("details", { className: full ? "matter" : `matter brief ${p.domain}`, "data-id": p.id, open: full && !now },
      el("summary", {}, el("b", {}, `${number}.`), el("b", { className: "about" }, p.about), el("span", { className: "badge" }, now ? "ruled" : p.domain),
        el("span", { className: "fate" }, fate), el("span", { className: "chance" }, p.probability >= 0 && !now ? percent(p.probability) : "")),
      el("p", {}, `The rules: ${p.rule || p.likely}${p.probability >= 0 ? `; ${percent(p.probability)} of roll-outs (${percent(p.interval[0])} to ${percent(p.interval[1])})` : ""}`),
      el("table", {}, el("tbody", {}, [["likely", p.likely], ["best", p.best], ["worst", p.worst]].map(([n, text]) => el("tr", {}, el("th", { scope: "row" }, n), el("td", {}, text))))),
      p.drivers.length ? el("ul", {}, p.drivers.map((d) => el("li", {}, d))) : "",
      p.conflicts.length ? el("p", { className: "fault" }, p.conflicts.join("; ")) : "",
      p.precedents.length ? el("p", { className: "soft" }, `Precedents in this game: entries ${p.precedents.join(", ")}`) : "",
      this.rule(p, now));
  }

  rule(p, now) {
    const t = this.table, style = t.styles[p.domain], allowed = t.allowed[style] || null;
    const reason = el("input", { "aria-label": "Reason", placeholder: "reason, for the record" });
    const outcome = el("select", { "aria-label": "Outcome" }, p.outcomes.map((o, k) => el("option", { value: String(k + 1) }, `${o.text}${o.share >= 0 ? ` (${percent(o.share)})` : ""}`)));
    const effects = el("textarea", { rows: 2, "aria-label": "What holds instead, one a line", placeholder: "control lodz GER" }), otherwise = el("textarea", { rows: 2, "aria-label": "What holds if the claim fails, one a line", placeholder: "if the claim fails" });
    const roll = el("input", { "aria-label": "Roll", placeholder: "d100=37" }), agreed = el("input", { "aria-label": "Seats that agree", placeholder: "POL, GER" });
    const claim = el("input", { "aria-label": "Claim", placeholder: "what is claimed" }), pros = el("textarea", { rows: 2, "aria-label": "Reasons for", placeholder: "for it, one a line" }), cons = el("textarea", { rows: 2, "aria-label": "Reasons against", placeholder: "against it, one a line" });
    const votes = el("input", { "aria-label": "Votes in per cent", placeholder: "votes: POL 70, GER 40" }), odds = el("input", { type: "number", min: 5, max: 95, value: 50, "aria-label": "Agreed odds in per cent" }), thrown = el("input", { type: "number", min: 1, max: 99, value: 50, "aria-label": "Rolled, of 100" });
    const cast = () => Object.fromEntries([...votes.value.matchAll(/([^\s,:]+)[\s:]+(\d+)/g)].map(([, who, n]) => [who, Number(n) / 100]));
    votes.addEventListener("change", () => { const v = Object.values(cast()); if (v.length) odds.value = Math.min(95, Math.max(5, Math.round(100 * v.reduce((a, b) => a + b, 0) / v.length))); });
    const send = (body) => this.act("/api/rule", { proposal: p.id, reason: reason.value, agreed: codes(agreed.value), ...body }, "ruled");
    return this.only(t.field.includes(p.domain) ? "field" : "game",
      now ? el("p", { className: "good" }, `Ruled: ${now.decided || now.kind}${now.reason ? ` — ${now.reason}` : ""} `, this.button("Take back", () => this.act("/api/unrule", { id: now.id }, "taken back"), "danger")) : "",
      el("div", { className: "row" }, reason, this.button("Accept", () => send({ kind: "accept" }))),
      p.outcomes.length ? el("div", { className: "row" }, outcome, this.button("Move to it", () => send({ kind: "move", outcome: outcome.value }), "quiet")) : "",
      el("details", { "data-id": `else ${p.id}` }, el("summary", {}, "Replace, table result, typed dice, consent"), effects,
        el("div", { className: "row" }, this.button("Replace", () => send({ kind: "replace", effects: lines(effects.value) }), "quiet"), this.button("Table result", () => send({ kind: "table_result", effects: lines(effects.value) }), "quiet"), this.button("Beyond the range", () => send({ kind: "move", outcome: "beyond", effects: lines(effects.value) }), "quiet")),
        el("div", { className: "row" }, roll, this.button("Typed dice", () => send({ kind: "dice", roll: roll.value }), "quiet")), el("div", { className: "row" }, agreed)),
      el("details", { "data-id": `argue ${p.id}` }, el("summary", {}, "Argue it: claim, reasons, votes, odds, a roll"), claim, pros, cons,
        el("div", { className: "row" }, votes), el("p", { className: "soft" }, "If it succeeds, what stands under “replace” holds; else:"), otherwise,
        el("div", { className: "row" }, el("label", {}, "Odds ", odds), el("label", {}, "Rolled ", thrown), this.button("Settle the argument", () => send({ kind: "dice", effects: lines(effects.value), otherwise: lines(otherwise.value), argument: { claim: claim.value, pros: lines(pros.value), cons: lines(cons.value), votes: cast(), odds: Number(odds.value) / 100, roll: Number(thrown.value) / 100 } }), "quiet"))),
      allowed ? el("p", { className: "soft" }, `${p.domain} is ${style}: ${allowed.join(", ").replaceAll("_", " ")}`) : "");
  }

  given() {
    const t = this.table, own = t.rulings.filter((r) => !r.proposal);
    return own.length ? [el("h2", {}, "Rulings of your own"), el("ul", { className: "plain" }, own.map((r) => el("li", {}, el("b", {}, `${r.id} `), r.effects.join("; "), ` — ${r.reason} `, this.button("Take back", () => this.act("/api/unrule", { id: r.id }, "taken back"), "danger"))))] : [];
  }

  seats() {
    const t = this.table, others = t.seats.filter((s) => s.kind !== "human");
    const name = el("input", { "aria-label": "Name of the person", placeholder: "name" }), where = el("select", { "aria-label": "Their place" }, [...t.seats.map((s) => s.power), "umpire", "observer", ""].map((p) => el("option", { value: p }, p ? t.names[p] || p : "has left"))), role = el("select", { "aria-label": "Role of an umpire" }, ["", ...t.roles].map((r) => el("option", { value: r }, r || "no role")));
    const give = async (place) => { const c = await this.act("/api/code", { place }, "made"); if (c) { this.code = [place, c.code]; this.draw(); } };
    const row = (s) => el("tr", {}, el("th", { scope: "row" }, t.names[s.power]), el("td", {}, s.people.join(", ")), el("td", {}, this.button(s.kind === "human" ? "Make automatic" : "Give to people", () => this.act("/api/seat", { power: s.power, kind: s.kind === "human" ? "automatic" : "human" }, "changed"), "quiet"), s.kind === "human" ? [" ", this.button("New code", () => give(s.power), "quiet")] : ""));
    const umpires = t.people.filter((p) => p.place === "umpire" || p.place === "observer");
    return [
      el("h2", {}, "Played by people"), this.code ? el("p", { className: "good" }, `New code of ${this.code[0]}, shown once: `, el("span", { className: "order" }, this.code[1])) : "",
      this.only("game", el("table", {}, el("tbody", {}, this.human.map(row))),
        el("div", { className: "row" }, this.button("Fill empty seats", () => this.act("/api/fill", {}, "filled"), "quiet"), this.button("New code for those who watch", () => give("observer"), "quiet"))),
      umpires.length ? el("p", {}, umpires.map((p) => `${p.name}: ${p.place}${p.role ? `, ${p.role}` : ""}`).join("; ")) : "",
      el("h2", {}, "Give somebody a place"), this.only("game", el("div", { className: "row" }, name, where, role, this.button("Seat", () => this.act("/api/person", { name: name.value, place: where.value, role: where.value === "umpire" ? role.value : "" }, "seated")))),
      el("h2", {}, "More umpires"), el("p", { className: "soft" }, "Each comes in by a code of his role: map rules on what is fought, liaison has messages, questions and injects, scribe keeps notes."),
      this.only("game", el("div", { className: "row" }, t.roles.filter((r) => r !== "lead").map((r) => this.button(`New code: ${r}`, () => give(`umpire:${r}`), "quiet")))),
      el("details", { "data-id": "others" }, el("summary", {}, `Governments that play themselves (${others.length})`), this.only("game", el("table", {}, el("tbody", {}, others.map(row))))),
    ];
  }

  mail() {
    const t = this.table, fate = (m) => m.lost ? "lost" : m.held ? "held" : m.arrived ? "arrived" : "under way";
    return this.only("words",
      el("h2", {}, "Questions of the seats"),
      t.rfis.length ? el("ul", { className: "plain" }, t.rfis.map((r, k) => { const a = el("input", { "aria-label": `Answer to ${r.power}`, value: r.answer }); a.defaultValue = r.answer; return el("li", {}, el("b", {}, `${k + 1}. ${t.names[r.power] || r.power}: `), r.text, el("div", { className: "row" }, a, this.button(r.answer ? "Correct" : "Answer", () => this.act("/api/answer", { number: k + 1, text: a.value }, "answered")))); })) : el("p", { className: "soft" }, "None."),
      el("h2", {}, "Messages between seats"),
      t.messages.length ? el("ul", { className: "plain" }, [...t.messages].reverse().map((m) => el("li", {}, el("b", {}, `${m.number}. ${m.sender} to ${m.to.join(", ")} `), el("span", { className: "badge" }, fate(m)), m.readers.length ? el("span", { className: "fault" }, ` read by ${m.readers.join(", ")}`) : "", el("br"), m.text,
        el("div", { className: "row" }, this.button(m.held ? "Let it go" : "Hold", () => this.act("/api/mail", { number: m.number, held: !m.held }, "done"), "quiet"), m.arrived && !m.held && !m.lost ? "" : this.button("Hand over now", () => this.act("/api/mail", { number: m.number, now: true }, "done"), "quiet"), this.button(m.lost ? "Find" : "Lose", () => this.act("/api/mail", { number: m.number, lost: !m.lost }, "done"), "danger"))))) : el("p", { className: "soft" }, "None."),
    );
  }

  injects() {
    const t = this.table, to = checks("To", ["Everybody", ...this.human.map((s) => s.power)]);
    const text = el("textarea", { rows: 3, "aria-label": "Text", placeholder: "what they are told" }), more = el("input", { "aria-label": "Others, by their codes", placeholder: "others: ROM, TUR; nobody if empty" });
    const at = el("input", { "aria-label": "When", placeholder: "now, or 1939-08-27T18:00" }), when = el("input", { "aria-label": "Condition", placeholder: "or when: at_war GER POL" }), effects = el("textarea", { rows: 2, "aria-label": "Effects, one a line", placeholder: "effects, one a line: supply POL 50%" });
    const state = (i) => i.fired ? "has come" : i.when.length ? `when ${i.when.join(", ")}` : i.at ? "to come" : "to come";
    const words = this.me.duties.includes("game") ? effects : "";
    return this.only("words",
      el("h2", {}, "Bring something in"), text, to.box, el("div", { className: "row" }, more), el("div", { className: "row" }, at, when), words,
      el("div", { className: "row" }, this.button("Inject", () => this.act("/api/inject", { text: text.value, to: [...to.chosen(), ...codes(more.value)], at: at.value, when: lines(when.value), effects: lines(effects.value) }, "brought in"))),
      el("h2", {}, "Planned and done"),
      t.injects.length ? el("ul", { className: "plain" }, [...t.injects].sort((a, b) => Boolean(a.fired) - Boolean(b.fired)).map((i) => el("li", {}, el("b", {}, `${i.id} `), el("span", { className: "badge" }, state(i)), ` ${i.text}`, i.effects.length ? el("span", { className: "order" }, ` ${i.effects.join("; ")}`) : "", i.to.length ? el("span", { className: "soft" }, ` to ${i.to.join(", ")} `) : " ", i.fired ? "" : this.button("Take back", () => this.act("/api/uninject", { id: i.id }, "taken back"), "danger")))) : el("p", { className: "soft" }, "None."),
    );
  }

  papers() {
    const news = el("div");
    get("/api/newspaper").then(({ markdown: text }) => news.replaceChildren(text ? markdown(text) : ""), () => {});
    return [
      el("h2", {}, "To keep and to print"),
      el("ul", {}, [["report", "Umpire's sheet of the last turn (PDF)"], ["newspaper", "Front page of the newspaper (PDF)"], ["kit", "Print kit of this turn: maps, counters, briefings, forms (ZIP, takes a while)"], ["aar", "After-action pack (ZIP, takes a while)"], ["export", "The whole game (JSON Lines, with every secret)"]].map(([what, label]) => el("li", {}, download(what, label)))),
      el("p", { className: "soft" }, "Each seat finds its own report on its page."), news,
    ];
  }

  log() {
    return this.only("game",
      el("h2", {}, "Record of the table, the latest first"),
      el("table", {}, el("thead", {}, el("tr", {}, ["Act", "UTC", "Who", "What", "Seat", ""].map((h) => (h ? el("th", { scope: "col" }, h) : el("td"))))), el("tbody", {}, [...this.table.log].reverse().map((a) => el("tr", {}, el("td", { className: "n" }, String(a.n)), el("td", {}, a.at.slice(11, 19)), el("td", {}, a.who), el("td", {}, a.kind.replaceAll("_", " ")), el("td", {}, a.seat),
        el("td", {}, this.asked === a.n ? this.button("Really", () => { this.asked = null; this.act("/api/undo", { to: a.n }, "gone; nothing is deleted"); }, "danger") : this.button("Go here", () => { this.asked = a.n; this.draw(); }, "quiet")))))),
    );
  }
}
