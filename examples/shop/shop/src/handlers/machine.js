import { json } from "../http.js";
import { metricsText } from "../metrics.js";
import { picture } from "../picture/picture.js";
import { productsById, searchProducts } from "../products.js";
import { Refusal } from "../refusal.js";
import { searchFrom } from "./browsing.js";

const YEAR = "public, max-age=31536000, immutable";

/**
 * Says whether this process can serve. The database is told about but does not count: while its primary changes,
 * no app host is better than another, and taking them all out would help nobody. What is told was measured by a
 * timer, so the answer is always immediate.
 *
 * @type {import("../routes.js").Handler}
 */
export function health({ shop }) {
  const { write, read } = shop.metrics.database;
  const body = {
    status: shop.draining ? "stopping" : "ok",
    instance: shop.settings.instance,
    release: shop.settings.release,
    database: write === "ok" && read === "ok" ? "ok" : write === "ok" || read === "ok" ? "degraded" : "unavailable",
    write,
    read,
    checkedSecondsAgo: shop.checked ? Math.round((Date.now() - shop.checked) / 100) / 10 : null,
  };
  return json(body, shop.draining ? 503 : 200);
}

/**
 * For the monitor, not for visitors: what came through the public address is told there is no such page.
 *
 * @type {import("../routes.js").Handler}
 */
export function metrics({ shop }, request) {
  const host = String(request.headers["x-forwarded-host"] ?? "").replace(/:\d+$/, "");
  if (host === shop.settings.siteUrl.hostname) throw new Refusal(404, "There is nothing at this address.");
  return {
    status: 200,
    type: "text/plain; version=0.0.4; charset=utf-8",
    body: metricsText(shop.metrics, shop.settings),
  };
}

/** @type {import("../routes.js").Handler} */
export function pictureFile({ params }) {
  const body = picture(Number(params.id));
  if (!body) throw new Refusal(404, "There is no such picture.");
  return { status: 200, type: "image/svg+xml", body, headers: { "Cache-Control": YEAR } };
}

/** @type {import("../routes.js").Handler} */
export async function searchJson({ shop, url }) {
  const search = searchFrom(url.searchParams);
  const { products, total, pages } = await searchProducts(shop.database, search);
  return json({ query: search.text, total, page: search.page, pages, products });
}

/** Some products by number, for what the recommendations name: ?ids=1,2,3 @type {import("../routes.js").Handler} */
export async function productsJson({ shop, url }) {
  const ids = (url.searchParams.get("ids") ?? "").split(",").map(Number);
  const valid = [...new Set(ids)].filter((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31).slice(0, 24);
  return json({ products: await productsById(shop.database, valid) });
}
