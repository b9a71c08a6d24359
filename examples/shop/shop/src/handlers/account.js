import { logIn, register } from "../accounts.js";
import { ownPath, seeOther } from "../http.js";
import { Refusal } from "../refusal.js";
import { logInView, registerView } from "../views/account.js";
import { page } from "../views/layout.js";
import { endSession, startSession } from "../visit.js";

/** @type {import("../routes.js").Handler} */
export function logInForm(visit) {
  const next = ownPath(visit.url.searchParams.get("next"));
  return visit.session ? seeOther(next) : page(visit, { title: "Log in", body: logInView(visit, { next, email: "" }) });
}

/** @type {import("../routes.js").Handler} */
export async function logInPosted(visit) {
  const next = ownPath(visit.form.get("next"));
  const email = (visit.form.get("email") ?? "").trim().toLowerCase();
  try {
    startSession(visit, await logIn(visit.shop.database, email, visit.form.get("password") ?? ""));
    return seeOther(next);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = logInView(visit, { next, email, problem: error.message });
    return page(visit, { title: "Log in", status: error.status, body });
  }
}

/** @type {import("../routes.js").Handler} */
export function registerForm(visit) {
  const next = ownPath(visit.url.searchParams.get("next"));
  if (visit.session) return seeOther(next);
  return page(visit, { title: "Create an account", body: registerView(visit, { next, email: "", name: "" }) });
}

/** @type {import("../routes.js").Handler} */
export async function registerPosted(visit) {
  const next = ownPath(visit.form.get("next"));
  const email = (visit.form.get("email") ?? "").trim().toLowerCase();
  const name = (visit.form.get("name") ?? "").trim();
  try {
    startSession(
      visit,
      await register(visit.shop.database, { email, name, password: visit.form.get("password") ?? "" }),
    );
    return seeOther(next);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = registerView(visit, { next, email, name, problem: error.message });
    return page(visit, { title: "Create an account", status: error.status, body });
  }
}

/** @type {import("../routes.js").Handler} */
export function logOutPosted(visit) {
  endSession(visit);
  return seeOther("/");
}
