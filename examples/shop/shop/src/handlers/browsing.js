import { featuredProducts, productById, searchProducts } from "../products.js";
import { Refusal } from "../refusal.js";
import { homeView } from "../views/home.js";
import { page } from "../views/layout.js";
import { productView } from "../views/product.js";
import { searchView } from "../views/search.js";
import { CATEGORIES } from "../words.js";

/** The front page changes rarely and is asked for most: kept for a while, longer while the database is away. */
const FRESH = 30_000;
/** @type {{ products: import("../products.js").Product[], until: number }} */
let featured = { products: [], until: 0 };

/** @type {import("../routes.js").Handler} */
export async function homePage(visit) {
  if (Date.now() > featured.until) {
    try {
      featured = { products: await featuredProducts(visit.shop.database), until: Date.now() + FRESH };
    } catch (error) {
      if (featured.products.length === 0) throw error;
      featured = { ...featured, until: Date.now() + 2000 };
    }
  }
  return page(visit, { title: "Harbour & Hill", body: homeView(featured.products) });
}

/** @type {import("../routes.js").Handler} */
export async function searchPage(visit) {
  const search = searchFrom(visit.url.searchParams);
  const found = await searchProducts(visit.shop.database, search);
  const category = CATEGORIES.find((one) => one.slug === search.category);
  const title = search.text ? `“${search.text}”` : (category?.name ?? "Everything");
  return page(visit, { title, body: searchView(search, found), search: search.text, category: search.category });
}

/** @type {import("../routes.js").Handler} */
export async function productPage(visit) {
  const product = await productById(visit.shop.database, Number(visit.params.id));
  if (!product) throw new Refusal(404, "We do not have this product.");
  return page(visit, { title: product.name, body: productView(visit, product), category: product.category });
}

/**
 * The search in an address; whatever makes no sense is left out.
 *
 * @param {URLSearchParams} query
 * @returns {import("../products.js").Search}
 */
export function searchFrom(query) {
  const category = query.get("category") ?? "";
  const number = Number(query.get("page") ?? 1);
  return {
    text: (query.get("q") ?? "").trim().slice(0, 100),
    category: CATEGORIES.some((one) => one.slug === category) ? category : "",
    sort: query.get("sort") ?? "",
    page: Number.isInteger(number) && number >= 1 && number <= 1000 ? number : 1,
  };
}
