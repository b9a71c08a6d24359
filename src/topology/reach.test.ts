import { expect, test } from "vitest";
import { shopSite } from "../../test/fixture.ts";
import { roles } from "../roles/index.ts";
import { flowMatrix, reachList } from "./matrix.ts";
import { calleeNamed, callerNamed, peopleOf, portNamed, reach } from "./reach.ts";
import { siteTopology } from "./topology.ts";

const extra = [{ from: ["192.0.2.0/28"], to: "database", until: "2026-12-31", why: "the auditors read" }];
const topology = siteTopology({ ...shopSite, firewall: { ...shopSite.firewall, extra } }, roles);

function answer(from: string, to: string) {
  const [place = "", word = ""] = to.split(":");
  const [caller, callee] = [callerNamed(topology, from), calleeNamed(topology, place)];
  const port = callee && portNamed(topology, callee, word);
  return caller && callee && port ? reach(topology, caller, callee, port) : undefined;
}

test("a tier reaches the next one only, and a host speaks for itself", () => {
  const open = (from: string, to: string) => answer(from, to)?.allowed;
  expect(open("shop1", "db1:3306")).toBe(true);
  expect(open("shop1", "db1:mariadb")).toBe(true);
  expect(open("db2", "db1:database.mariadb")).toBe(true);
  expect(open("web1", "db1:3306")).toBe(false);
  expect(open("web1", "shop2:shop")).toBe(true);
  expect(open("lb1", "lb2:vrrp")).toBe(true);
  // That anyone may visit the site opens no host's way out.
  expect(open("web1", "site:443")).toBe(false);
  expect(open("mon1", "site:https")).toBe(true);
});

test("visitors, operators and addresses", () => {
  const open = (from: string, to: string) => answer(from, to)?.allowed;
  expect(open("visitor", "site:443")).toBe(true);
  expect(open("visitor", "lb1:https")).toBe(true);
  expect(open("visitor", "lb1:22")).toBe(false);
  expect(open("operator", "web2:ssh")).toBe(true);
  expect(open("operator", "db1:3306")).toBe(false);
  expect(open("192.0.2.7", "db3:3306")).toBe(true);
  expect(open("192.0.2.17", "db3:3306")).toBe(false);
  // The address of a host is that host.
  expect(open("10.77.10.1", "db1:3306")).toBe(true);
});

test("what is named wrongly is not guessed", () => {
  expect(answer("web9", "db1:3306")).toBeUndefined();
  expect(answer("web1", "db1:nothing")).toBeUndefined();
  expect(answer("web1", "db1:70000")).toBeUndefined();
  expect(answer("web1", "db1:53/udp")).toMatchObject({ allowed: false, doors: [], address: "10.77.3.1" });
});

test("a no tells who may", () => {
  const people = answer("web1", "db1:3306")?.doors.map((flow) => peopleOf(flow, topology));
  expect(people?.toSorted()).toEqual(["192.0.2.0/28", "shop hosts", "the other database hosts"]);
});

test("the matrix says the same as the list of all ways", () => {
  const { rows, columns, cells } = flowMatrix(topology);
  const list = reachList(topology);
  const cell = (row: string, service: string) =>
    cells[rows.indexOf(row)]?.[columns.findIndex((one) => one.service === service)];
  expect(cell("visitor", "balancer.https")).toBe("all");
  expect(cell("web", "database.mariadb")).toBe("none");
  expect(cell("database", "database.mariadb")).toBe("all");
  expect(cells.flat().filter((one) => one === "some")).toEqual([]);
  expect(list.filter(({ from, allowed }) => from === "visitor" && allowed).map(({ service }) => service)).toEqual([
    "balancer.http",
    "balancer.https",
    "balancer.http",
    "balancer.https",
  ]);
});
