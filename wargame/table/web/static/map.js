// The map: outlines once, then colours, armies and fights as they are told. Wheel, drag, pinch and keys move it.
import { el, get, Kept } from "/static/console.js";

const SVG = "http://www.w3.org/2000/svg";
const SIZE = { w: 44, h: 40 }; // of an army's mark, in pixels
const AROUND = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1], [1, -1], [-1, -1], [2, 0], [-2, 0], [0, 2], [0, -2]];
let ground = null;

function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const number = (n) => n.toLocaleString("en");
export const thousands = (men) => men < 950 ? String(Math.round(men / 100) * 100) : men < 9500 ? `${(men / 1000).toFixed(1)}k` : `${number(Math.round(men / 1000))}k`;
export const place = (id) => ground?.provinces.find((p) => p.id === id)?.name || id;
export const country = (power) => ground?.powers[power]?.name || power;

export class Field {
  constructor(onchoose) {
    this.onchoose = onchoose;
    this.told = el("div", { className: "told card", "aria-live": "polite" });
    this.head = el("p", { className: "head card" });
    this.legend = el("details", { className: "legend card", open: matchMedia("(min-width: 901px)").matches });
    this.box = el("section", { className: "field", "aria-label": "Map" });
    this.view = { x: 0, y: 0, w: 100, h: 100 };
    this.chosen = "";
    this.symbols = new Map();
  }

  async start() {
    ground = ground || await get("/api/ground");
    this.root = svg("svg", { role: "img", "aria-label": "Map of the provinces and armies; the same in words under Forces", tabindex: "0", preserveAspectRatio: "xMidYMid slice" });
    this.shapes = svg("g");
    this.marks = svg("g");
    this.drawn = new Kept(this.marks);
    this.top = svg("svg", { class: "marks", "aria-hidden": "true", preserveAspectRatio: "xMidYMid slice" });
    this.stage = el("div", { className: "stage" }, this.root, this.top); // two layers: marks move over ground that stays
    this.places = {};
    for (const p of ground.provinces) {
      const path = svg("path", { d: p.d, class: "province", fill: "#efece4", "data-id": p.id });
      path.append(Object.assign(svg("title"), { textContent: p.name }));
      this.places[p.id] = { ...p, path };
      this.shapes.append(path);
    }
    this.towns = Object.values(this.places).filter((p) => p.people > 0).sort((a, b) => b.people - a.people);
    this.root.append(this.shapes);
    this.top.append(this.marks);
    const tool = (label, title, act) => el("button", { type: "button", className: "quiet", title, "aria-label": title, onclick: act }, label);
    this.box.replaceChildren(this.stage, this.head, this.legend, el("div", { className: "tools" },
      tool("+", "Closer", () => this.zoom(0.7)), tool("−", "Farther", () => this.zoom(1.4)), tool("⌂", "Where it happens", () => this.home()), tool("◯", "The whole map", () => this.whole())), this.told);
    this.stage.addEventListener("click", (e) => { if (!this.moved && e.target.dataset?.id) this.choose(e.target.dataset.id); });
    this.stage.addEventListener("wheel", (e) => { e.preventDefault(); this.zoom(e.deltaY > 0 ? 1.2 : 1 / 1.2, this.at(e)); }, { passive: false });
    this.fingers = new Map();
    this.stage.addEventListener("pointerdown", (e) => { this.fingers.set(e.pointerId, e); this.moved = false; });
    this.stage.addEventListener("pointermove", (e) => this.drag(e));
    for (const kind of ["pointerup", "pointercancel", "pointerleave"]) this.stage.addEventListener(kind, (e) => this.lift(e));
    this.root.addEventListener("keydown", (e) => this.key(e));
    this.measure();
    new ResizeObserver(() => { this.measure(); if (this.picture) this.armies(); }).observe(this.box);
  }

  // Asked once, not at every drawing: the answer costs a layout of the whole page.
  measure() {
    const r = this.root.getBoundingClientRect();
    this.size = { w: Math.max(1, r.width), h: Math.max(1, r.height) };
  }

  pixel() { return Math.min(this.view.w / this.size.w, this.view.h / this.size.h); }

  at(e) {
    const r = this.root.getBoundingClientRect(), k = this.pixel();
    return { x: this.view.x + this.view.w / 2 + (e.clientX - r.left - r.width / 2) * k, y: this.view.y + this.view.h / 2 + (e.clientY - r.top - r.height / 2) * k };
  }

  drag(e) {
    const before = this.fingers.get(e.pointerId);
    if (!before) return;
    const a = this.at(before), b = this.at(e);
    if (Math.hypot(e.clientX - before.clientX, e.clientY - before.clientY) < 4) return;
    this.moved = true;
    if (this.fingers.size === 2) {
      const other = [...this.fingers.values()].find((f) => f.pointerId !== e.pointerId);
      const apart = (f) => Math.hypot(f.clientX - other.clientX, f.clientY - other.clientY);
      this.zoom(apart(before) / Math.max(1, apart(e)), this.at(other));
    } else {
      this.view.x += a.x - b.x;
      this.view.y += a.y - b.y;
      this.frame();
    }
    this.fingers.set(e.pointerId, e);
  }

  lift(e) {
    if (this.fingers.delete(e.pointerId) && this.moved && this.picture) this.armies();
  }

  key(e) {
    const step = this.view.w / 10;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[e.key]) { this.view.x += moves[e.key][0]; this.view.y += moves[e.key][1]; this.frame(); this.armies(); e.preventDefault(); }
    if (e.key === "+" || e.key === "=") this.zoom(0.7);
    if (e.key === "-") this.zoom(1.4);
  }

  zoom(k, at = { x: this.view.x + this.view.w / 2, y: this.view.y + this.view.h / 2 }) {
    const w = Math.min(ground.width * 1.5, Math.max(60, this.view.w * k)), share = w / this.view.w;
    this.view = { x: at.x - (at.x - this.view.x) * share, y: at.y - (at.y - this.view.y) * share, w, h: this.view.h * share };
    this.frame();
    this.armies();
  }

  frame() { for (const layer of [this.root, this.top]) layer.setAttribute("viewBox", `${this.view.x} ${this.view.y} ${this.view.w} ${this.view.h}`); }

  home() {
    const fights = this.picture.fights.map((f) => this.places[f.province]);
    const own = this.picture.forces.filter((f) => !this.own || f.power === this.own).map((f) => this.places[f.province]);
    const held = Object.entries(this.picture.provinces).filter(([, p]) => p === this.own).map(([id]) => this.places[id]);
    this.fit([...(own.length ? own : held.length ? held : ground.provinces), ...(this.own ? [] : fights)].filter(Boolean), this.own ? 0.05 : 0.12);
  }

  whole() { this.fit(ground.provinces, 0.02); }

  fit(at, left_out) {
    const xs = at.map((p) => p.x).sort((a, b) => a - b), ys = at.map((p) => p.y).sort((a, b) => a - b);
    const cut = (v, s) => v[Math.min(v.length - 1, Math.floor(v.length * s))];
    const [x0, x1, y0, y1] = [cut(xs, left_out), cut(xs, 1 - left_out), cut(ys, left_out), cut(ys, 1 - left_out)];
    const k = Math.max((x1 - x0) * 1.25 / this.size.w, (y1 - y0) * 1.3 / this.size.h, 0.7), w = k * this.size.w, h = k * this.size.h;
    this.view = { x: (x0 + x1 - w) / 2, y: (y0 + y1 - h) / 2, w, h };
    this.frame();
    this.armies();
  }

  show(picture, own, title) {
    const first = !this.picture || this.own !== own;
    this.picture = picture;
    this.own = own;
    this.head.textContent = title;
    for (const p of Object.values(this.places)) {
      const colour = ground.powers[picture.provinces[p.id]]?.colour || "#e2ded4";
      if (p.colour !== colour) { p.path.setAttribute("fill", colour); p.colour = colour; }
    }
    if (first) this.home(); else this.armies();
    this.explain();
    if (this.chosen && this.told.childElementCount) this.choose(this.chosen, false);
  }

  // Marks of one power that would touch are one mark with all their men, where most of them stand.
  gathered(k) {
    const by = {};
    for (const f of this.picture.forces) {
      const at = this.places[f.province];
      if (!at || !this.inside(at, 60 * k)) continue;
      const g = by[`${f.province}|${f.power}`] ||= { ids: [f.province], x: at.x, y: at.y, power: f.power, men: 0, kinds: {} };
      g.men += f.men;
      g.kinds[f.kind] = (g.kinds[f.kind] || 0) + f.men;
    }
    const merged = [];
    for (const g of Object.values(by).sort((a, b) => b.men - a.men)) {
      const near = merged.find((m) => m.power === g.power && Math.abs(m.x - g.x) < SIZE.w * 1.1 * k && Math.abs(m.y - g.y) < SIZE.h * 1.1 * k);
      if (!near) { merged.push(g); continue; }
      near.men += g.men;
      near.ids.push(...g.ids);
      for (const [kind, men] of Object.entries(g.kinds)) near.kinds[kind] = (near.kinds[kind] || 0) + men;
    }
    return merged.sort((a, b) => b.men - a.men);
  }

  inside(p, more = 0) {
    const k = this.pixel(), cx = this.view.x + this.view.w / 2, cy = this.view.y + this.view.h / 2;
    return Math.abs(p.x - cx) < this.size.w * k / 2 + more && Math.abs(p.y - cy) < this.size.h * k / 2 + more;
  }

  armies() {
    if (!this.picture) return;
    const k = this.pixel() * (innerWidth >= 1800 ? 1.3 : 1), taken = [], made = new Map(), told = [];
    const free = (x, y, w, h) => taken.every(([a, b, c, d]) => Math.abs(a - x) >= (w + c) / 2 * k || Math.abs(b - y) >= (h + d) / 2 * k);
    for (const f of this.picture.fights) {
      const at = this.places[f.province];
      if (at && this.inside(at)) made.set(`fight ${f.province} ${k}`, () => svg("circle", { class: "fight", cx: at.x, cy: at.y, r: 9 * k }));
    }
    for (const g of this.gathered(k)) {
      const step = AROUND.find(([a, b]) => free(g.x + a * SIZE.w * 0.85 * k, g.y + b * SIZE.h * 0.85 * k, SIZE.w, SIZE.h));
      if (!step) continue; // far out there is no room for the small ones; closer there is
      const x = g.x + step[0] * SIZE.w * 0.85 * k, y = g.y + step[1] * SIZE.h * 0.85 * k;
      taken.push([x, y, SIZE.w, SIZE.h]);
      this.mark(made, told, g, x, y, k);
    }
    const towns = this.towns.filter((p) => this.inside(p)).slice(0, 160);
    let named = 0;
    for (const p of towns) {
      if (named >= 45) break;
      const w = p.name.length * 6.4 + 4, below = free(p.x, p.y + 9 * k, w, 13);
      const y = below ? p.y + 9 * k : p.y + 31 * k;
      if (!below && !free(p.x, y, w, 13)) continue;
      taken.push([p.x, y, w, 13]);
      named += 1;
      made.set(`town ${p.id} ${y} ${k}`, () => svg("g", { class: "town", transform: `translate(${p.x} ${y}) scale(${k})` }, Object.assign(svg("text", { y: "4" }), { textContent: p.name })));
    }
    this.drawn.show(made); // a browser works on those alone that changed
    for (const [key, men, word] of told) {
      const [text, title] = [...this.drawn.there.get(key).children].slice(-2);
      if (text.textContent !== men) text.textContent = men;
      if (title.textContent !== word) title.textContent = word;
    }
  }

  mark(made, told, g, x, y, k) {
    const kind = Object.entries(g.kinds).sort((a, b) => b[1] - a[1])[0][0];
    const friend = !this.own || g.power === this.own || this.friends(g.power), men = thousands(g.men);
    const home = this.places[g.ids[0]], word = `${country(g.power)}: ${men} men${g.ids.length > 1 ? ` in ${g.ids.length} places` : ""}`;
    if (Math.hypot(home.x - x, home.y - y) > 4 * k) made.set(`lead ${home.x} ${home.y} ${x} ${y}`, () => svg("line", { class: "lead", x1: home.x, y1: home.y, x2: x, y2: y }));
    const key = `army ${g.ids[0]} ${g.power} ${x} ${y} ${k} ${kind} ${friend}`;
    told.push([key, men, word]);
    made.set(key, () => {
      const mark = svg("g", { class: "army", transform: `translate(${x} ${y}) scale(${k})` }, this.symbol(kind, friend, g.power).cloneNode(true),
        svg("text", { y: "19" }), svg("title"));
      for (const shape of mark.querySelectorAll("*")) shape.dataset.id = g.ids[0];
      return mark;
    });
  }

  symbol(kind, friend, power) {
    const key = `${kind} ${friend} ${power}`;
    if (this.symbols.has(key)) return this.symbols.get(key);
    const parsed = new DOMParser().parseFromString(ground.marks[kind]?.[friend ? "own" : "other"] || "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml").documentElement;
    const picture = document.importNode(parsed, true);
    const w = Number(picture.getAttribute("width")) || 40, h = Number(picture.getAttribute("height")) || 35, size = (friend ? 34 : 40) / w;
    for (const [name, value] of [["width", w * size], ["height", h * size], ["x", -w * size / 2], ["y", 9 - h * size]]) picture.setAttribute(name, value);
    picture.querySelector("title")?.remove();
    picture.removeAttribute("role");
    const colour = ground.powers[power]?.colour;
    for (const shape of picture.querySelectorAll("[fill='#ffffff']")) if (colour) shape.setAttribute("fill", colour);
    this.symbols.set(key, picture);
    return picture;
  }

  explain() {
    const count = {};
    for (const p of Object.values(this.picture.provinces)) if (p) count[p] = (count[p] || 0) + 1;
    const fighting = new Set(this.picture.wars.filter((w) => !w.over).flatMap((w) => [...w.attackers, ...w.defenders]));
    const shown = Object.keys(count).sort((a, b) => (fighting.has(b) - fighting.has(a)) || count[b] - count[a]).slice(0, 10);
    const key = JSON.stringify([this.own, shown, shown.map((p) => fighting.has(p)), fighting.size]);
    if (key === this.explained) return;
    this.explained = key;
    const swatch = (p) => { const s = svg("svg", { width: "14", height: "14", "aria-hidden": "true" }); s.append(svg("rect", { width: "14", height: "14", fill: ground.powers[p].colour, stroke: "#4a463d" })); return s; };
    const ring = svg("svg", { width: "14", height: "14", "aria-hidden": "true" }, svg("circle", { class: "fight", cx: "7", cy: "7", r: "5" }));
    this.legend.replaceChildren(el("summary", {}, "Legend"),
      el("ul", { className: "plain powers" }, shown.map((p) => el("li", {}, swatch(p), " ", fighting.has(p) ? el("b", {}, ground.powers[p].name) : ground.powers[p].name))),
      el("p", {}, `${fighting.size ? "Bold: at war. " : ""}`, ring, ` fighting. 12k: twelve thousand men, counted together when near. ${this.own ? "Square: ours and our allies'; diamond: others'." : ""}`));
  }

  friends(power) {
    return this.picture.wars.some((w) => !w.over && [w.attackers, w.defenders].some((s) => s.includes(power) && s.includes(this.own)));
  }

  choose(id, told = true) {
    this.places[this.chosen]?.path.classList.remove("chosen");
    this.chosen = id;
    const at = this.places[id];
    at.path.classList.add("chosen");
    this.shapes.append(at.path);
    const here = this.picture.forces.filter((f) => f.province === id);
    const holder = this.picture.provinces[id];
    const close = () => { this.told.replaceChildren(); at.path.classList.remove("chosen"); this.chosen = ""; };
    this.told.replaceChildren(
      el("div", { className: "row" }, el("h2", {}, at.name), el("span", { className: "soft" }, `${id} · ${ground.powers[holder]?.name || "nobody"}`),
        el("button", { type: "button", className: "quiet", onclick: close }, "Close")),
      here.length ? el("ul", { className: "plain" }, here.slice(0, 12).map((f) => el("li", {},
        el("b", {}, f.name), ` ${country(f.power)}, ${number(f.men)} men${f.tanks ? `, ${f.tanks} tanks` : ""}`,
        f.power === this.own || !this.own ? el("span", { className: "soft" }, `; ${f.posture}, supply ${Math.round(f.supply * 100)} %`) : ""))) : el("p", { className: "soft" }, "No troops that you know of."),
      here.length > 12 ? el("p", {}, `and ${here.length - 12} more`) : "",
    );
    if (told) this.onchoose?.(id, here);
  }
}
