import { expect, test } from "vitest";
import type { Host } from "../model/topology.ts";
import { plainStyle } from "./style.ts";
import { pictureText, upSummaryText } from "./summary.ts";

type Named = Pick<Host, "name" | "tier" | "service">;

function several(prefix: string, tier: Host["tier"], count: number, service?: string): readonly Named[] {
  return Array.from({ length: count }, (_, n) => ({
    name: `${prefix}${n + 1}`,
    tier,
    ...(service ? { service } : {}),
  }));
}

const shop: readonly Named[] = [
  ...several("lb", "balancer", 2),
  ...several("web", "web", 2),
  ...several("shop", "app", 2, "shop"),
  ...several("recommendations", "app", 2, "recommendations"),
  ...several("db", "database", 3),
  ...several("mon", "monitor", 1),
];

test("the shop is up", () => {
  const text = upSummaryText(
    {
      ...{ site: { name: "shop" }, url: "https://www.shop.localhost:8443/", hosts: shop },
      status: {
        address: { ip: "198.51.100.10", holder: "lb1" },
        database: {
          ...{ primary: "db1", promise: "no-loss", noLoss: true, reason: "", term: 1, paused: false },
          ...{ voters: [], members: [], changes: [] },
        },
      },
      ...{ caFile: "examples/shop/.rampart/lab/ca.crt", siteFile: "examples/shop/rampart.config.ts" },
      ...{ program: "./rampart", siteOption: " --site examples/shop" },
    },
    plainStyle,
  );
  expect(text).toMatchInlineSnapshot(`
    "  shop is up:  https://www.shop.localhost:8443/

           visitors ──▶ lb1★ lb2 ──▶ web1 web2
                    ──▶ shop1 shop2 · recommendations1 recommendations2
                    ──▶ db1★ db2 db3
                        mon1 watches all of it

      look      ./rampart status --site examples/shop
                curl --cacert examples/shop/.rampart/lab/ca.crt https://www.shop.localhost:8443/
                A browser warns until it trusts that CA file: import it, or go on
                past the warning.
      change    edit examples/shop/rampart.config.ts, then
                ./rampart plan --site examples/shop
      break it  ./rampart lab cut lb1 --site examples/shop, then
                ./rampart status --site examples/shop"
  `);
});

test("the picture fits: on one line for a small site, folded for a large one", () => {
  const hello = [...several("lb", "balancer", 2), ...several("web", "web", 2), ...several("hello", "app", 2, "hello")];
  expect(pictureText({ hosts: hello, holder: "lb2" }, plainStyle)).toMatchInlineSnapshot(
    `"       visitors ──▶ lb1 lb2★ ──▶ web1 web2 ──▶ hello1 hello2"`,
  );
  const large = [
    ...several("lb", "balancer", 2),
    ...several("web", "web", 400),
    ...["shop", "recommendations", "search", "payments"].flatMap((name) => several(name, "app", 5, name)),
    ...several("db", "database", 3),
  ];
  const text = pictureText({ hosts: large, primary: "db3" }, plainStyle);
  expect(text).toMatchInlineSnapshot(`
    "       visitors ──▶ lb1 lb2 ──▶ web1–web400
                    ──▶ shop1 shop2 shop3 shop4 shop5 · 5 hosts ·
                        search1 search2 search3 search4 search5 ·
                        payments1–payments5 ──▶ db1 db2 db3★"
  `);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});
