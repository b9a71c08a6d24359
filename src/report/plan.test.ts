import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { Plan } from "../model/plan.ts";
import { change, emptyPlan, follower, growingPlan, work } from "./fixture.ts";
import { planText } from "./plan.ts";
import { plainStyle } from "./style.ts";

test("a third host of a service, at 80 columns and at 120", () => {
  expect(planText(growingPlan, { hosts: [] }, plainStyle)).toMatchInlineSnapshot(`
    "  app       + shop3        new host, 26 resources
      web       ~ web1 web2    /etc/nginx/conf.d/shop.conf
                                 content differs · reload nginx, one at a time
      database  ~ db1 db2 db3  firewall
                                 1 rules to add, 0 to take away · atomic
      monitor   ~ mon1         /etc/prometheus/targets/hosts.yml
                                 content differs · reload prometheus

      1 host added, 0 removed, 6 changed, 5 unchanged.
      No restart, no dropped connection.
      order: doors (db1, db2, db3) → shop3 → web1 → web2 → mon1"
  `);
  expect(planText(growingPlan, { hosts: [] }, { width: 120, color: false })).toMatchInlineSnapshot(`
    "  app       + shop3        new host, 26 resources
      web       ~ web1 web2    /etc/nginx/conf.d/shop.conf
                                 content differs · reload nginx, one at a time
      database  ~ db1 db2 db3  firewall
                                 1 rules to add, 0 to take away · atomic
      monitor   ~ mon1         /etc/prometheus/targets/hosts.yml
                                 content differs · reload prometheus

      1 host added, 0 removed, 6 changed, 5 unchanged.  No restart, no dropped connection.
      order: doors (db1, db2, db3) → shop3 → web1 → web2 → mon1"
  `);
});

test("colours change nothing but colours", () => {
  const colored = planText(growingPlan, { hosts: [] }, { verbose: true, width: 80, color: true });
  expect(stripVTControlCharacters(colored)).toBe(
    planText(growingPlan, { hosts: [] }, { verbose: true, ...plainStyle }),
  );
  expect(colored).not.toBe(stripVTControlCharacters(colored));
});

test("verbose: why, from which line of the site, and the difference", () => {
  const differences = [
    {
      host: "web1",
      file: "/etc/nginx/conf.d/shop.conf",
      before: "upstream shop {\n  server shop2;\n}\n",
      after: "upstream shop {\n  server shop2;\n  server shop3;\n}\n",
    },
  ];
  const plan: Plan = { ...growingPlan, stages: growingPlan.stages.slice(2, 4), added: [] };
  expect(planText(plan, { hosts: [] }, { verbose: true, differences, ...plainStyle })).toMatchInlineSnapshot(`
    "  web  ~ web1 web2  /etc/nginx/conf.d/shop.conf
                          content differs · reload nginx, one at a time
          Requests are spread over the hosts of a service. (app.shop.hosts)
          --- web1:/etc/nginx/conf.d/shop.conf
          +++ web1:/etc/nginx/conf.d/shop.conf
          @@ -1,3 +1,4 @@
           upstream shop {
             server shop2;
          +  server shop3;
           }

      0 hosts added, 0 removed, 2 changed, 5 unchanged.
      No restart, no dropped connection.
      order: web1 → web2"
  `);
});

test("restarts, removals, what all tiers share, hosts that leave and hosts that did not answer", () => {
  const hosts = ["lb1", "web1", "db1", "db2"];
  const file = "/etc/mysql/mariadb.conf.d/60-rampart.cnf";
  const plan: Plan = {
    ...emptyPlan,
    stages: [
      {
        title: "change everything",
        hosts: hosts.map((host) => work(host, [change(host, "file:/etc/hosts", "content differs")])),
        gate: [],
      },
      {
        title: "change db1",
        hosts: [
          work("db1", [
            change("db1", `file:${file}`, "content differs"),
            follower("db1", "mariadb.service", "restart", [file]),
          ]),
          work("web1", [follower("web1", "haproxy.service", "restart", ["/etc/haproxy/other.cfg"])], true),
          work("lb1", [change("lb1", "unit:old.service", "no longer wanted", { verb: "remove", effect: "stop" })]),
        ],
        gate: [],
      },
    ],
  };
  const text = planText(plan, { hosts: [] }, { retiring: ["web3"], unknown: ["mon1"], ...plainStyle });
  expect(text).toMatchInlineSnapshot(`
    "  site      ~ db1 db2 lb1 web1  /etc/hosts
                                      content differs
      balancer  - lb1               old
                                      no longer wanted · stop
      web       ~ web1              haproxy
                                      /etc/haproxy/other.cfg changes · restart,
                                      drained first
      database  ~ db1               /etc/mysql/mariadb.conf.d/60-rampart.cnf
                                      content differs · restart mariadb
      web       - web3              leaves the site, with its data

      0 hosts added, 1 removed, 4 changed, 1 unchanged, 1 unknown (mon1 did not
      answer).
      mariadb restarts on db1; haproxy restarts on web1, drained first; old stops on
      lb1.
      order: db1 db2 lb1 web1 → db1 lb1 web1"
  `);
});

test("nothing to change is said only of hosts that answered", () => {
  expect(planText(emptyPlan, { hosts: [] }, plainStyle)).toBe("Nothing to change: the site is what the file says.");
  expect(planText(emptyPlan, { hosts: [] }, { unknown: ["db2"], ...plainStyle })).toMatch("Unknown: db2");
});

test("a thousand hosts make few lines", () => {
  const names = Array.from({ length: 1000 }, (_, n) => `web${n + 1}`);
  const plan: Plan = {
    ...emptyPlan,
    stages: names.map((host) => ({
      title: `change ${host}`,
      hosts: [work(host, [change(host, "file:/etc/hosts", "content differs")])],
      gate: [],
    })),
  };
  expect(planText(plan, { hosts: [] }, plainStyle).split("\n").length).toBeLessThan(12);
});
