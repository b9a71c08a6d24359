/** Text that is already HTML. Everything else is escaped when it is put into a page. @typedef {{ html: string }} Html */

/**
 * A piece of HTML: html`<p>${anything}</p>`. Values are escaped; other pieces and lists of pieces are kept;
 * false, null and undefined leave nothing behind.
 *
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values
 * @returns {Html}
 */
export function html(strings, ...values) {
  return { html: strings.reduce((all, string, index) => all + text(values[index - 1]) + string) };
}

/** @param {unknown} value */
export function escaped(value) {
  return String(value).replace(/[&<>"']/g, (sign) => SIGNS[sign]);
}

/** @type {Record<string, string>} */
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {unknown} value @returns {string} */
function text(value) {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.map(text).join("");
  if (typeof value === "object" && "html" in value) return String(value.html);
  return escaped(value);
}
