import { html } from "../html.js";
import { tokenField } from "../visit.js";
import { notice } from "./parts.js";

/**
 * @param {import("../visit.js").Visit} visit
 * @param {{ next: string, email: string, problem?: string }} state
 */
export function logInView(visit, { next, email, problem }) {
  return html`<section class="narrow panel"><h1>Good to see you</h1>${notice(problem)}
<form class="stack" method="post" action="/login">${tokenField(visit)}<input type="hidden" name="next" value="${next}">
<label>Email <input type="email" name="email" value="${email}" autocomplete="username" maxlength="190" required></label>
<label>Password <input type="password" name="password" autocomplete="current-password" maxlength="200" required></label>
<button class="button full">Log in</button></form>
<p class="soft">New here? <a href="/register?next=${next}">Create an account</a></p></section>`;
}

/**
 * @param {import("../visit.js").Visit} visit
 * @param {{ next: string, email: string, name: string, problem?: string }} state
 */
export function registerView(visit, { next, email, name, problem }) {
  return html`<section class="narrow panel"><h1>Create an account</h1>${notice(problem)}
<form class="stack" method="post" action="/register">${tokenField(visit)}<input type="hidden" name="next" value="${next}">
<label>Name <input name="name" value="${name}" autocomplete="name" maxlength="100" required></label>
<label>Email <input type="email" name="email" value="${email}" autocomplete="username" maxlength="190" required></label>
<label>Password <input type="password" name="password" autocomplete="new-password" minlength="10" maxlength="200" required><small>10 characters or more. A sentence is easier to keep than a riddle.</small></label>
<button class="button full">Create the account</button></form>
<p class="soft">Been here before? <a href="/login?next=${next}">Log in</a></p></section>`;
}
