import assert from "node:assert/strict";
import { test } from "node:test";
import { cartCookie, cartFrom, withAdded, withQuantity } from "../src/cart.js";
import { html } from "../src/html.js";
import { ownPath } from "../src/http.js";
import { countAnswer, metricsText, newMetrics } from "../src/metrics.js";
import { deliveryCost, money } from "../src/money.js";
import { passwordHash, passwordMatches } from "../src/passwords.js";
import { indexWords } from "../src/products.js";
import { isPassing, retrying } from "../src/retry.js";
import { routeFor } from "../src/routes.js";
import { formToken, sealed, unsealed } from "../src/signing.js";

test("templates escape every value, and keep what is HTML already", () => {
  const name = `<b>"Tom" & 'Jo'</b>`;
  assert.equal(
    html`<p title="${name}">${html`<i>${1}</i>`}${false}${[1, html`<br>`]}</p>`.html,
    `<p title="&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jo&#39;&lt;/b&gt;"><i>1</i>1<br></p>`,
  );
});

test("a password matches its own hash only", async () => {
  const hash = await passwordHash("correct horse");
  assert.match(hash, /^scrypt\$32768\$8\$2\$/);
  assert.equal(await passwordMatches("correct horse", hash), true);
  assert.equal(await passwordMatches("correct horsf", hash), false);
  assert.equal(await passwordMatches("correct horse", undefined), false);
  assert.notEqual(hash, await passwordHash("correct horse"));
});

test("a session is believed only while it is whole and not over", () => {
  const cookie = sealed("secret", { user: 7, name: "Ada", until: 1000 });
  assert.equal(unsealed("secret", cookie, 999)?.user, 7);
  assert.equal(unsealed("secret", cookie, 1000), undefined);
  assert.equal(unsealed("other", cookie, 0), undefined);
  assert.equal(unsealed("secret", `x${cookie}`, 0), undefined);
  assert.equal(unsealed("secret", "nonsense", 0), undefined);
  assert.notEqual(formToken("secret", "a"), formToken("secret", "b"));
});

test("a cart survives its cookie, and nonsense in a cookie does not", () => {
  const cart = withAdded(withAdded([], 12, 2), 55, 1);
  assert.deepEqual(cartFrom(cartCookie(cart)), cart);
  assert.deepEqual(cartFrom("12.2-x-0.1-7.-1-12.9-8.99"), [
    { product: 12, quantity: 2 },
    { product: 8, quantity: 20 },
  ]);
  assert.deepEqual(withQuantity(cart, 12, 0), [{ product: 55, quantity: 1 }]);
});

test("only paths of our own are gone to", () => {
  assert.equal(ownPath("/orders/3?source=replica"), "/orders/3?source=replica");
  for (const bad of ["//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x", "", null])
    assert.equal(ownPath(bad), "/");
});

test("what people type becomes words of the index and nothing else", () => {
  assert.equal(indexWords("Moss mug"), "+moss* +mug*");
  assert.equal(indexWords('the "+*-~<>()@ a'), "");
});

test("routes know numbers, methods and what is not there", () => {
  assert.equal(routeFor("GET", "/product/12").params.id, "12");
  assert.equal(routeFor("GET", "/picture/12.svg").route, "/picture/:id.svg");
  assert.equal(routeFor("GET", "/picture/12xsvg").route, "none");
  assert.equal(routeFor("POST", "/product/12").handler, undefined);
  assert.equal(routeFor("GET", "/product/012").route, "none");
});

test("passing failures are tried again, others are not", async () => {
  for (const errno of [1020, 1205, 1213, 1290, 1836]) assert.equal(isPassing({ errno, sqlState: "HY000" }), true);
  assert.equal(isPassing({ code: "ECONNREFUSED", fatal: true }), true);
  assert.equal(isPassing({ errno: 1062, sqlState: "23000" }), false);
  assert.equal(isPassing({ errno: 1045, sqlState: "28000", fatal: true }), false);
  let tries = 0;
  const work = async () => {
    tries += 1;
    if (tries < 3) throw Object.assign(new Error("deadlock"), { errno: 1213 });
    return "done";
  };
  assert.equal(await retrying(work, { within: 2000 }), "done");
  await assert.rejects(
    retrying(() => Promise.reject(new Error("no")), { within: 2000 }),
    /no/,
  );
});

test("money and delivery", () => {
  assert.equal(money(123456), "€1,234.56");
  assert.equal(money(5), "€0.05");
  assert.deepEqual([deliveryCost(0), deliveryCost(7999), deliveryCost(8000)], [0, 590, 0]);
});

test("metrics count answers by route and fill the buckets", () => {
  const metrics = newMetrics();
  countAnswer(metrics, { method: "GET", route: "/", status: 200, seconds: 0.03 });
  const text = metricsText(metrics, { instance: "shop1", release: "r1" });
  assert.match(text, /^shop_requests_total\{method="GET",route="\/",status="200"\} 1$/m);
  assert.match(text, /^shop_request_duration_seconds_bucket\{route="\/",le="0.025"\} 0$/m);
  assert.match(text, /^shop_request_duration_seconds_bucket\{route="\/",le="0.05"\} 1$/m);
});
