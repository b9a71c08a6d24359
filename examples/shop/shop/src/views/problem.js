import { html } from "../html.js";
import { json } from "../http.js";
import { page } from "./layout.js";

/** @type {Record<number, string>} */
const TITLES = {
  403: "Once more, please",
  404: "Not on any shelf",
  500: "That was us",
  503: "One moment",
};

/**
 * What a visitor sees instead of the page; programs get JSON.
 *
 * @param {import("../visit.js").Visit} visit
 * @param {number} status
 * @param {string} message
 * @param {string} [id] the request's id, for asking us about it
 * @returns {import("../http.js").Reply}
 */
export function problemPage(visit, status, message, id = "") {
  if (visit.path.startsWith("/api/")) return json({ problem: message }, status);
  const title = TITLES[status] ?? "That did not work";
  const body = html`<section class="narrow empty"><img src="/picture/34.svg" width="220" height="220" alt=""><h1>${title}</h1><p>${message}</p>
<p><a class="button" href="/">To the front page</a></p>${id && html`<p class="served">Request ${id}</p>`}</section>`;
  return page(visit, { title, status, body });
}
