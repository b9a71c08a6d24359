import { afterAll, beforeAll } from "vitest";
import { members } from "./database.ts";
import { type Drill, outcomesTable } from "./drill.ts";
import { say, shopIsUp, siteIsWell, siteStatus } from "./lab.ts";
import { onHost, rampartDone } from "./rampart.ts";

/** For a file of drills: the shop is up and well before them; after them their figures are told and everything is on again. */
export function drillInTheShop(): void {
  beforeAll(async () => {
    await shopIsUp();
    await siteIsWell(60);
  });
  // A drill that failed half-way leaves nobody in the dark.
  afterAll(async () => {
    say(`\n${outcomesTable()}`);
    const off = (await siteStatus()).hosts.filter((host) => host.state === "off");
    for (const { name } of off) await rampartDone(["lab", "start", name]);
    await siteIsWell(90);
  });
}

/** The members that do not lead. */
export function others(lead: string): readonly string[] {
  return members.filter((member) => member !== lead);
}

/** One deed of `rampart lab`, to all these hosts at once. */
export async function lab(deed: string, hosts: readonly string[]): Promise<void> {
  await Promise.all(hosts.map((host) => rampartDone(["lab", deed, host])));
}

/** A signal to the main process and all others of a unit. */
export async function signal(host: string, unit: string, name: "STOP" | "CONT" | "KILL"): Promise<void> {
  await onHost(host, `systemctl kill --signal=${name} ${unit}`);
}

/** What happens to a database most often. */
export const killed: Drill = {
  name: "mariadbd killed",
  harm: async (lead) => void (await signal(lead, "mariadb.service", "KILL")),
  ...{ lasts: 6, gap: 3, whole: 60 },
};

export const withoutPower: Drill = {
  name: "host without power",
  harm: async (lead) => {
    await lab("cut", [lead]);
    return async () => await lab("start", [lead]);
  },
  ...{ lasts: 12, gap: 8, whole: 90 },
};

/** The member that is left is no majority: writes wait. */
export const withoutMajority: Drill = {
  name: "primary and a voter without power",
  harm: async (lead) => {
    const hosts = [lead, others(lead)[0] ?? ""];
    await lab("cut", hosts);
    return async () => await lab("start", hosts);
  },
  ...{ lasts: 8, gap: undefined, whole: 90 },
};
