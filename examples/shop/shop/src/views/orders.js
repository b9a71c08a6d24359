import { html } from "../html.js";
import { money } from "../money.js";

/** @param {{ id: number, total: number, placed: Date, things: number, product: number }[]} orders */
export function ordersView(orders) {
  if (orders.length === 0) {
    return html`<section class="wide"><h1>Your orders</h1><div class="empty"><img src="/picture/5.svg" width="220" height="220" alt=""><p>No orders yet.</p><p><a class="button" href="/search">Look around</a></p></div></section>`;
  }
  return html`<section class="wide"><h1>Your orders</h1><ul class="lines">${orders.map(
    ({
      id,
      total,
      placed,
      things,
      product,
    }) => html`<li><a href="/orders/${id}"><img src="/picture/${product}.svg" width="96" height="96" alt=""></a>
<div><a href="/orders/${id}"><strong>Order ${id}</strong></a><span class="soft">${day(placed)} · ${things} ${things === 1 ? "thing" : "things"}</span></div><span class="price">${money(total)}</span></li>`,
  )}</ul></section>`;
}

/** @param {import("../orders.js").Order} order */
export function orderView({ id, total, delivery, name, address, placed, instance, lines, source, server }) {
  return html`<section class="wide"><p class="kind">Thank you</p><h1>Order ${id}</h1>
<p class="soft">Placed on ${day(placed)} at ${placed.toISOString().slice(11, 16)} UTC. It goes to ${name}, ${address}.</p>
<div class="two"><ul class="lines">${lines.map(
    (
      line,
    ) => html`<li><a href="/product/${line.product}"><img src="/picture/${line.product}.svg" width="96" height="96" alt=""></a>
<div><a href="/product/${line.product}"><strong>${line.name}</strong></a><span class="soft">${line.quantity} × ${money(line.price)}</span></div><span class="price">${money(line.price * line.quantity)}</span></li>`,
  )}</ul>
<aside class="panel"><dl class="sum"><div><dt>Goods</dt><dd>${money(total - delivery)}</dd></div><div><dt>Delivery</dt><dd>${delivery ? money(delivery) : "free"}</dd></div>
<div class="total"><dt>Total</dt><dd>${money(total)}</dd></div></dl><p><a class="button quiet full" href="/orders">All your orders</a></p></aside></div>
<p class="served">Taken by ${instance} · read from ${server} (${source})</p></section>`;
}

/** @param {Date} date */
function day(date) {
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
