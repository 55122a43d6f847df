// The next position of a place, from the one a page has and what is sent of the difference (wargame/table/web/changes.py).
const KEYS = { forces: "id", heard: "number" };

export function applied(position, changes) {
  const made = { ...position, ...changes.whole };
  if (changes.provinces) made.provinces = { ...position.provinces, ...changes.provinces };
  for (const [part, { gone, other, came }] of Object.entries(changes.lists || {})) {
    const key = KEYS[part], left = new Set(gone), by = new Map(other.map((line) => [line[key], line]));
    made[part] = position[part].filter((line) => !left.has(line[key])).map((line) => (by.has(line[key]) ? { ...line, ...by.get(line[key]) } : line));
    for (const [at, line] of came) made[part].splice(at, 0, line);
  }
  return made;
}
