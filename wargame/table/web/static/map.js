// The map: outlines once, then colours, armies and fights as they are told. Wheel, drag, pinch and keys move it.
import { el, get } from "/static/console.js";

const SVG = "http://www.w3.org/2000/svg";
let ground = null;

function svg(tag, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class Map_ {
  constructor(onchoose) {
    this.onchoose = onchoose;
    this.told = el("div", { className: "told card", "aria-live": "polite" });
    this.box = el("section", { className: "field", "aria-label": "Map" });
    this.view = { x: 0, y: 0, w: 100, h: 100 };
    this.chosen = "";
  }

  async start() {
    ground = ground || await get("/api/ground");
    this.root = svg("svg", { role: "img", "aria-label": "Map of the provinces and armies", tabindex: "0", preserveAspectRatio: "xMidYMid slice" });
    this.shapes = svg("g");
    this.marks = svg("g");
    this.places = {};
    for (const p of ground.provinces) {
      this.places[p.id] = p;
      const path = svg("path", { d: p.d, class: "province", fill: "#efece4", "data-id": p.id });
      path.append(Object.assign(svg("title"), { textContent: p.name }));
      p.path = path;
      this.shapes.append(path);
    }
    this.root.append(this.shapes, this.marks);
    const tool = (label, title, act) => el("button", { type: "button", className: "quiet", title, "aria-label": title, onclick: act }, label);
    this.box.replaceChildren(this.root, el("div", { className: "tools" },
      tool("+", "Closer", () => this.zoom(0.7)), tool("−", "Farther", () => this.zoom(1.4)), tool("⌂", "Where it happens", () => this.home())), this.told);
    this.root.addEventListener("click", (e) => { if (!this.moved && e.target.dataset?.id) this.choose(e.target.dataset.id); });
    this.root.addEventListener("wheel", (e) => { e.preventDefault(); this.zoom(e.deltaY > 0 ? 1.2 : 1 / 1.2, this.at(e)); }, { passive: false });
    this.fingers = new Map();
    this.root.addEventListener("pointerdown", (e) => { this.fingers.set(e.pointerId, e); this.moved = false; });
    this.root.addEventListener("pointermove", (e) => this.drag(e));
    for (const kind of ["pointerup", "pointercancel", "pointerleave"]) this.root.addEventListener(kind, (e) => this.fingers.delete(e.pointerId));
    this.root.addEventListener("keydown", (e) => this.key(e));
  }

  at(e) {
    const r = this.root.getBoundingClientRect(), k = Math.min(this.view.w / r.width, this.view.h / r.height);
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

  key(e) {
    const step = this.view.w / 10;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[e.key]) { this.view.x += moves[e.key][0]; this.view.y += moves[e.key][1]; this.frame(); e.preventDefault(); }
    if (e.key === "+" || e.key === "=") this.zoom(0.7);
    if (e.key === "-") this.zoom(1.4);
  }

  zoom(k, at = { x: this.view.x + this.view.w / 2, y: this.view.y + this.view.h / 2 }) {
    const w = Math.min(ground.width * 1.5, Math.max(60, this.view.w * k)), share = w / this.view.w;
    this.view = { x: at.x - (at.x - this.view.x) * share, y: at.y - (at.y - this.view.y) * share, w, h: this.view.h * share };
    this.frame();
    this.armies();
  }

  frame() {
    this.root.setAttribute("viewBox", `${this.view.x} ${this.view.y} ${this.view.w} ${this.view.h}`);
  }

  home() {
    const own = this.picture.forces.filter((f) => f.power === this.own).map((f) => this.places[f.province]);
    const held = Object.entries(this.picture.provinces).filter(([, p]) => p === this.own).map(([id]) => this.places[id]);
    const at = (own.length ? own : held.length ? held : ground.provinces).filter(Boolean);
    const xs = at.map((p) => p.x).sort((a, b) => a - b), ys = at.map((p) => p.y).sort((a, b) => a - b);
    const cut = (v, s) => v[Math.min(v.length - 1, Math.floor(v.length * s))];
    const w = Math.max(300, (cut(xs, 0.95) - cut(xs, 0.05)) * 1.5), h = Math.max(240, (cut(ys, 0.95) - cut(ys, 0.05)) * 1.5);
    this.view = { x: (cut(xs, 0.95) + cut(xs, 0.05) - w) / 2, y: (cut(ys, 0.95) + cut(ys, 0.05) - h) / 2, w, h };
    this.frame();
    this.armies();
  }

  show(picture, own) {
    const first = !this.picture;
    this.picture = picture;
    this.own = own;
    for (const p of ground.provinces) {
      const colour = ground.powers[picture.provinces[p.id]]?.colour || "#e2ded4";
      if (p.colour !== colour) { p.path.setAttribute("fill", colour); p.colour = colour; }
    }
    if (first) this.home(); else this.armies();
    if (this.chosen) this.choose(this.chosen);
  }

  armies() {
    if (!this.picture) return;
    this.marks.replaceChildren();
    const by = {};
    for (const f of this.picture.forces) {
      const group = by[`${f.province}|${f.power}`] ||= { province: f.province, power: f.power, men: 0, units: 0, kinds: {} };
      group.men += f.men;
      group.units += 1;
      group.kinds[f.kind] = (group.kinds[f.kind] || 0) + f.men;
    }
    const scale = this.view.w / Math.max(300, this.root.clientWidth || 900), drawn = [];
    const near = this.view.w < 900 ? 0 : this.view.w < 2200 ? 26 : 40, taken = [];
    for (const g of Object.values(by).sort((a, b) => b.men - a.men)) {
      const at = this.places[g.province];
      if (!at) continue;
      const rank = drawn.filter((d) => d.province === g.province).length;
      const x = at.x + rank * 30 * scale, y = at.y;
      if (near && taken.some(([a, b]) => Math.hypot(a - x, b - y) < near * scale)) continue;
      taken.push([x, y]);
      drawn.push(g);
      const kind = Object.entries(g.kinds).sort((a, b) => b[1] - a[1])[0][0];
      const mark = svg("g", { class: "army", transform: `translate(${x} ${y}) scale(${scale})` });
      const friend = g.power === this.own || this.friends(g.power);
      const picture = ground.marks[kind]?.[friend || !this.own ? "own" : "other"] || "";
      mark.innerHTML = `<g transform="translate(-18 -16)">${picture}</g>`;
      const colour = ground.powers[g.power]?.colour;
      for (const shape of mark.querySelectorAll("[fill='#ffffff']")) if (colour) shape.setAttribute("fill", colour);
      for (const shape of mark.querySelectorAll("*")) shape.dataset.id = g.province;
      mark.append(Object.assign(svg("text", { y: "21", "data-id": g.province }), { textContent: `${Math.max(1, Math.round(g.men / 1000))}k` }));
      this.marks.append(mark);
    }
    for (const f of this.picture.fights) {
      const at = this.places[f.province];
      if (at) this.marks.append(svg("circle", { class: "fight", cx: at.x, cy: at.y, r: 20 * scale }));
    }
    if (this.view.w < 3200) {
      for (const p of ground.provinces) {
        const inside = p.x > this.view.x && p.x < this.view.x + this.view.w && p.y > this.view.y && p.y < this.view.y + this.view.h;
        if (!inside || p.people < this.view.w / 8 - 60) continue;
        const word = svg("g", { class: "place", transform: `translate(${p.x} ${p.y}) scale(${scale})` });
        word.append(Object.assign(svg("text", { y: "33" }), { textContent: p.name }));
        this.marks.append(word);
      }
    }
  }

  friends(power) {
    return this.picture.wars.some((w) => !w.over && [w.attackers, w.defenders].some((s) => s.includes(power) && s.includes(this.own)));
  }

  choose(id) {
    this.places[this.chosen]?.path.classList.remove("chosen");
    this.chosen = id;
    const place = this.places[id];
    place.path.classList.add("chosen");
    this.shapes.append(place.path);
    const here = this.picture.forces.filter((f) => f.province === id);
    const holder = this.picture.provinces[id];
    this.told.replaceChildren(
      el("h3", {}, place.name, " ", el("span", { className: "soft" }, `${id} · ${ground.powers[holder]?.name || "nobody"}`)),
      el("button", { type: "button", className: "quiet", onclick: () => { this.told.replaceChildren(); } }, "Close"),
      el("ul", { className: "plain" }, here.slice(0, 25).map((f) => el("li", {},
        `${f.name}: ${f.men.toLocaleString("en")} men${f.tanks ? `, ${f.tanks} tanks` : ""}`,
        f.power === this.own ? el("span", { className: "soft" }, ` ${f.posture}, supply ${Math.round(f.supply * 100)} %${f.under ? `, under ${f.under}` : ""}`) : el("span", { className: "soft" }, ` ${f.power}`)))),
      here.length > 25 ? el("p", {}, `and ${here.length - 25} more`) : "",
    );
    this.onchoose?.(id, here);
  }
}
