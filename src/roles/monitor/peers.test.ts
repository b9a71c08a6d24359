import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { resourceId } from "../../model/resource.ts";
import type { Host } from "../../model/topology.ts";
import { watchedTopology } from "./monitor.fixture.ts";
import { monitor } from "./monitor.ts";
import { paths } from "./paths.ts";

const webhook = "http://10.77.0.1:9999/hook";
const two = watchedTopology({ ...shopSite, monitor: { ...shopSite.monitor, hosts: 2, alerts: { webhook } } });
const [mon1, mon2] = two.hosts.filter((host) => host.tier === "monitor") as [Host, Host];
const folder = mkdtempSync(join(tmpdir(), "rampart-peers-"));
afterAll(() => rmSync(folder, { recursive: true }));

function content(host: Host, path: string): string {
  const found = monitor.resources(host, two).find((one) => resourceId(one) === `file:${path}`);
  return found?.kind === "file" ? found.content : "";
}

test("each hands its alerts to both, and asks the other how it is; the checkers take their files", () => {
  for (const [host, other] of [
    [mon1, mon2],
    [mon2, mon1],
  ] as const) {
    const config = content(host, paths.prometheus);
    expect(config).toContain(`replica: ${host.name}`);
    expect(config.match(new RegExp(`${other.fqdn}:8413`, "g"))).toHaveLength(4);
    expect(config).not.toContain(`${host.fqdn}:8413`);
    for (const [path, name] of [
      [paths.rules, "rules.yml"],
      [paths.prometheus, "prometheus.yml"],
      [paths.alertmanager, "alertmanager.yml"],
    ] as const)
      writeFileSync(join(folder, name), content(host, path).replaceAll(paths.rules, join(folder, "rules.yml")));
    const checked = (words: readonly string[]) => execFileSync(words[0] ?? "", words.slice(1), { encoding: "utf8" });
    expect(checked(["promtool", "check", "config", "--syntax-only", join(folder, "prometheus.yml")])).toContain(
      "valid",
    );
    expect(checked(["promtool", "check", "rules", join(folder, "rules.yml")])).toContain("SUCCESS");
    expect(checked(["amtool", "check-config", join(folder, "alertmanager.yml")])).toContain("SUCCESS");
    const words = content(host, "/etc/default/prometheus-alertmanager");
    expect(words).toContain(`--cluster.listen-address=${host.inside}:9094 --cluster.peer=${other.inside}:9094`);
  }
});

test("monitors reach each other at two ports, and nobody else does; the first keeps what one alone can keep", () => {
  const ways = two.flows.filter(({ port }) => [8413, 9094].includes(port));
  expect(ways.map(({ fromHosts, toHost, port }) => `${fromHosts.join(" ")} > ${toHost}:${port}`).toSorted()).toEqual([
    "mon1 > mon2:8413",
    "mon1 > mon2:9094",
    "mon2 > mon1:8413",
    "mon2 > mon1:9094",
  ]);
  const kept = (host: Host) =>
    monitor
      .resources(host, two)
      .map(resourceId)
      .filter((id) => /rampart-(logs|store)\.service$/.test(id));
  expect(kept(mon1)).toContain("unit:rampart-logs.service");
  expect(kept(mon2)).toEqual([]);
  expect(two.services.filter(({ name }) => name === "monitor.logs").map(({ host }) => host)).toEqual(["mon1"]);
});
