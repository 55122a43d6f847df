// The console: the door, the line to the server, and which desk is shown. No frameworks; nothing comes from elsewhere.
const state = { token: "", place: "", name: "", desk: null, live: false };

export const live = () => state.live; // whether whatever happens is sent to this page

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== ""));
  return made;
}

// Children by keys that say what they look like: those that are there already stay, the others are made or go.
export class Kept {
  constructor(parent) { Object.assign(this, { parent, there: new Map() }); }

  show(made) {
    for (const [key, child] of this.there) if (!made.has(key)) { child.remove(); this.there.delete(key); }
    let next = this.parent.firstChild;
    for (const [key, make] of made) {
      const child = this.there.get(key) || make();
      this.there.set(key, child);
      if (child === next) next = next.nextSibling; else this.parent.insertBefore(child, next);
    }
  }
}

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

export function spoken(instant) {
  const [day, hour] = instant.split("T");
  const [y, m, d] = day.split("-").map(Number);
  return `${d} ${MONTHS[m - 1]} ${y}${hour ? `, ${hour.slice(0, 2)}:00` : ""}`;
}

export const $ = (id) => document.getElementById(id);

export function say(text, seconds = 4) {
  $("line").textContent = text;
  clearTimeout(say.timer);
  if (seconds) say.timer = setTimeout(() => { $("line").textContent = ""; }, seconds * 1000);
}

export async function get(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  return read(answer);
}

export async function post(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST", body: JSON.stringify(body),
    headers: { "content-type": "application/json", "x-wargame-token": state.token },
  });
  return read(answer);
}

async function read(answer) {
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) return found;
  if (answer.status === 401 && state.place) { location.reload(); }
  const detail = found.error || found.detail || `the server answered ${answer.status}`;
  throw new Error(typeof detail === "string" ? detail : detail.map((d) => `${d.loc.slice(1).join(" ")}: ${d.msg}`).join("; "));
}

export function tabs(names, show) {
  const bar = el("div", { className: "tabs", role: "tablist", "aria-label": "Pages" });
  const choose = (name) => {
    for (const b of bar.children) {
      b.setAttribute("aria-selected", String(b.dataset.name === name));
      b.tabIndex = b.dataset.name === name ? 0 : -1;
    }
    show(name);
  };
  for (const [name, label] of names) {
    bar.append(el("button", { type: "button", role: "tab", "aria-selected": "false", onclick: () => choose(name), "data-name": name }, label));
  }
  bar.addEventListener("keydown", (e) => {
    const at = [...bar.children].indexOf(document.activeElement), step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (at < 0 || !step) return;
    const next = bar.children[(at + step + bar.children.length) % bar.children.length];
    next.focus();
    choose(next.dataset.name);
  });
  bar.choose = choose;
  bar.mark = (name, label) => { for (const b of bar.children) if (b.dataset.name === name && b.textContent !== label) b.textContent = label; };
  return bar;
}

export function checks(title, names) {
  const boxes = names.map((name) => [name, el("input", { type: "checkbox", value: name === "Everybody" ? "ALL" : name })]);
  const box = el("fieldset", { className: "checks" }, el("legend", {}, title), boxes.map(([name, input]) => el("label", {}, input, name)));
  return { box: boxes.length ? box : "", chosen: () => boxes.filter(([, input]) => input.checked).map(([, input]) => input.value) };
}

export function download(what, label) { return el("a", { href: `/api/papers/${what}`, download: "" }, label); }

export function markdown(text) {
  // Headings, lists, tables and paragraphs of the reports; whatever else is in them stays text.
  const out = el("div", { className: "report" });
  let list = null, table = null, quote = null, last = 1, tables = 0, open = null; // open: the paragraph or item that the next line goes on with
  for (const raw of text.split("\n")) {
    const line = raw.trimEnd(), on = open;
    open = null;
    const heading = /^(#{1,4}) (.*)$/.exec(line);
    if (/^\|/.test(line)) {
      if (/^\|[\s:|-]+\|$/.test(line)) continue;
      if (!table) { table = el("table"); out.append(el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": `Table ${++tables}` }, table)); }
      const tag = table.children.length ? "td" : "th";
      table.append(el("tr", {}, line.slice(1, -1).split(/(?<!\\)\|/).map((c) => el(tag, {}, rich(c.trim())))));
      continue;
    }
    table = null;
    if (/^>/.test(line)) {
      const said = line.replace(/^> ?/, ""), more = quote && on;
      if (!quote) { quote = el("blockquote"); out.append(quote); }
      if (said && more) { on.append(" ", ...rich(said)); open = on; } else if (said) { open = el("p", {}, rich(said)); quote.append(open); }
      continue;
    }
    quote = null;
    if (/^[-*] /.test(line)) {
      if (!list) { list = el("ul"); out.append(list); }
      open = el("li", {}, rich(line.slice(2)));
      list.append(open);
      continue;
    }
    if (on && line && !heading && !line.startsWith("![")) { on.append(" ", ...rich(line.trim())); open = on; continue; }
    list = null;
    if (heading) { last = Math.min(4, heading[1].length + 1, last + 1); out.append(el(`h${last}`, {}, rich(heading[2]))); }
    else if (line && !line.startsWith("![")) { open = el("p", {}, rich(line)); out.append(open); }
  }
  return out;
}

function rich(text) {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*|(?<![\w*])\*[^*]+\*(?!\w))/);
  const bare = (t) => t.replace(/\\([\\`*_{}\[\]()#+\-.!|<>~])/g, "$1");
  return parts.filter(Boolean).map((t) => /^`.+`$/.test(t) ? el("code", {}, t.slice(1, -1)) : /^\*\*.+\*\*$/.test(t) ? el("b", {}, bare(t.slice(2, -2))) : /^\*.+\*$/.test(t) ? el("i", {}, bare(t.slice(1, -1))) : bare(t));
}

function connect() {
  const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  line.addEventListener("message", (event) => state.desk.told(JSON.parse(event.data)));
  line.addEventListener("open", () => { state.live = true; state.desk.look(); if (connect.lost) { connect.lost = false; say("connected again"); } });
  line.addEventListener("close", (event) => {
    state.live = false;
    if (event.code === 4401) { location.reload(); return; }
    connect.lost = true;
    say("no connection to the umpire's computer; trying again", 0);
    setTimeout(connect, 1500);
  });
}

async function open(me) {
  Object.assign(state, me);
  $("who").replaceChildren(
    el("span", {}, `${me.name}, ${me.place}${me.role && me.role !== "lead" ? `, ${me.role}` : ""}`),
    el("button", { type: "button", className: "light", onclick: async () => { await post("/api/leave"); location.reload(); } }, "Leave"),
  );
  const { Desk } = await import(me.place === "umpire" ? "/static/umpire.js" : "/static/seat.js");
  state.desk = new Desk($("main"), me);
  connect(); // what happens while the page looks for the first time is not missed
}

async function door() {
  const { title, places } = await get("/api/door");
  $("title").textContent = title;
  document.title = title;
  $("game").textContent = title;
  try {
    const me = await get("/api/me");
    if (me.place) { await open(me); return; }
    $("door").hidden = false;
  } catch (error) {
    if (state.place) { say(error.message, 0); return; }
  }
  $("place").replaceChildren(...places.map((p) => el("option", { value: p.id }, p.name === p.id ? p.id : `${p.name} (${p.id})`)));
  $("door").addEventListener("submit", async (event) => {
    event.preventDefault();
    $("door-fault").textContent = "";
    try {
      await open(await post("/api/enter", { place: $("place").value, code: $("code").value, name: $("name").value }));
    } catch (error) {
      $("door-fault").textContent = error.message;
    }
  });
}

door();
