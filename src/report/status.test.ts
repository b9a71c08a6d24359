import { expect, test } from "vitest";
import type { HostStatus, MemberStatus, SiteStatus } from "../model/status.ts";
import { statusText } from "./status.ts";
import { plainStyle } from "./style.ts";

const host = (name: string, role: HostStatus["role"], address: string, more: Partial<HostStatus> = {}): HostStatus => ({
  ...{ name, role, address, state: "well" },
  ...more,
});

const member = (host: string, more: Partial<MemberStatus>): MemberStatus => ({
  ...{ host, standing: "replica", lagSeconds: 0, position: "0-1-48210", term: 7, doing: "" },
  ...more,
});
const agents = { term: 7, paused: false, voters: ["db2"], changes: [] };

const well: SiteStatus = {
  ...{ site: "shop", environment: "lab", url: "https://www.shop.localhost:8443", ca: "/srv/shop/.rampart/lab/ca.crt" },
  hosts: [
    host("mon1", "monitor", "10.77.4.1"),
    host("lb1", "balancer", "10.77.1.1"),
    host("lb2", "balancer", "10.77.1.2"),
    host("web1", "web", "10.77.2.1"),
    host("shop1", "app", "10.77.10.1", { service: "shop" }),
    host("db1", "database", "10.77.3.1"),
    host("db2", "database", "10.77.3.2"),
  ],
  address: { ip: "198.51.100.10", holder: "lb1" },
  bans: 0,
  regions: [],
  database: {
    primary: "db1",
    promise: "no-loss",
    ...agents,
    ...{ noLoss: true, reason: "A write counts only when db2 has it too." },
    members: [member("db1", { standing: "primary" }), member("db2", { voter: true })],
  },
  alerts: [],
  alertsKnown: true,
};

test("a site that is well", () => {
  expect(statusText(well, plainStyle)).toMatchInlineSnapshot(`
    "shop  well
    https://www.shop.localhost:8443

      balancer  lb1★   10.77.1.1   well  holds 198.51.100.10
                lb2    10.77.1.2   well
      web       web1   10.77.2.1   well
      app       shop1  10.77.10.1  well
      database  db1★   10.77.3.1   well
                db2    10.77.3.2   well
      monitor   mon1   10.77.4.1   well

      database  no acknowledged write is lost: holds now. A write counts only when
                db2 has it too.
                db1★  primary
                db2   replica  voter  lag 0.0 s
      alerts    none firing"
  `);
});

test("who is banned is told in one line, and is no trouble", () => {
  const text = statusText({ ...well, bans: 2 }, plainStyle);
  expect(text).toMatch(/^shop {2}well\n/);
  expect(text).toMatch(/\n {2}alerts {4}none firing\n {2}bans {6}2 addresses are not answered: rampart bans$/);
});

test("what is unknown is said to be unknown, never well", () => {
  const hosts = well.hosts.map((one): HostStatus => {
    if (one.name === "mon1" || one.role === "balancer") return { ...one, state: "unreachable", detail: "no answer" };
    if (one.name === "web1") return { ...one, state: "degraded", detail: "nginx.service failed\u001b[2J" };
    return one;
  });
  const dark: SiteStatus = {
    ...well,
    hosts,
    address: { ip: "198.51.100.10", holder: null },
    database: {
      ...{ primary: null, promise: "no-loss", ...agents },
      ...{ noLoss: false, reason: "No primary is seen; db1 did not answer." },
      members: [
        member("db1", { standing: "unknown", lagSeconds: null, position: null, term: null, detail: "no answer" }),
        member("db2", { lagSeconds: null, voter: true }),
      ],
    },
    alertsKnown: false,
  };
  expect(statusText(dark, plainStyle)).toMatchInlineSnapshot(`
    "shop  4 of 7 hosts not well, address unknown, primary unknown, database
          degraded, the database does not keep its promise now, alerts unknown
    https://www.shop.localhost:8443

      balancer  lb1    10.77.1.1   unreachable  no answer
                lb2    10.77.1.2   unreachable  no answer
      web       web1   10.77.2.1   degraded     nginx.service failed
      app       shop1  10.77.10.1  well
      database  db1    10.77.3.1   well
                db2    10.77.3.2   well
      monitor   mon1   10.77.4.1   unreachable  no answer
      unknown who holds 198.51.100.10: lb1 and lb2 did not answer, and no other
      balancer says so

      database  no acknowledged write is lost: does NOT hold now. No primary is
                seen; db1 did not answer.
                unknown who is primary: db1 did not answer
                db1  unknown         lag unknown  no answer
                db2  replica  voter  lag unknown
      alerts    unknown: mon1 did not answer

    Bring back what is off or does not answer:  rampart up"
  `);
});

test("alerts, and a site without a database", () => {
  const alerts = [
    {
      ...{ name: "SiteDown", state: "firing", severity: "critical", since: "2026-11-20T15:00:00Z" },
      summary: "www.shop.example did not answer through its address for 30 seconds",
    },
  ];
  const text = statusText({ ...well, database: null, alerts }, plainStyle);
  expect(text).toMatch(/1 alert firing/);
  expect(text).not.toMatch(/acknowledged write/);
});
