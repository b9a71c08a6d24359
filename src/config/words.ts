/** A value from a site file in words, for a message: `"two", a text`. Never shows more than 40 characters. */
export function inWords(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "empty";
  if (typeof value === "string") return value === "" ? "an empty text" : `${quoted(value)}, a text`;
  if (typeof value === "number" || typeof value === "bigint") return `${value}`;
  if (typeof value === "boolean") return `${value}`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" ? "a group of keys" : `a ${typeof value}`;
}

/** The same without the value itself, for keys that may hold something private. */
export function kindInWords(value: unknown): string {
  if (typeof value === "string") return "a text";
  if (typeof value === "number" || typeof value === "bigint") return "a number";
  return inWords(value);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

/** `app.shop.routes[1]` from its parts; a number is a place in a list, counted from 0 as in the source. */
export function pathText(path: readonly (string | number)[]): string {
  return path.map((part, place) => (typeof part === "number" ? `[${part}]` : place === 0 ? part : `.${part}`)).join("");
}

/** How a site file would say it: texts in quotes, lists in brackets. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${literal(item)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return JSON.stringify(value) ?? "nothing";
}
