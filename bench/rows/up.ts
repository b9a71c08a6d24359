import { sleep, times } from "../command.ts";
import type { Row } from "../figures.ts";
import type { BenchSite } from "../site.ts";

/** `up` of the shop into a lab that does not exist, the image and the built services there. Leaves the last lab running. */
export async function upRow(site: BenchSite): Promise<Row> {
  await site.rampart(["up"]);
  const values = await times(3, async () => {
    await site.rampart(["down"]);
    return (await site.rampart(["up"])).ms / 1000;
  });
  return {
    ...{ what: "`up` with the image cached, shop with its twelve hosts", unit: "s", values, better: "least" },
    ...{ reach: 25, aim: 12 },
    notes: [
      "Each run starts a lab anew after `down`: twelve hosts boot, are set up from nothing, migrate and fill the shop's database, and are verified. The services' archives were built before.",
    ],
  };
}

/** `apply` when nothing is to be changed, over connections that are open. */
export async function applyRow(site: BenchSite): Promise<Row> {
  await site.rampart(["apply"]);
  const values = await times(15, async () => {
    await sleep(500);
    return (await site.rampart(["apply"])).ms / 1000;
  });
  return {
    ...{ what: "`apply` that changes nothing, same site, connections open", unit: "s", values, better: "least" },
    ...{ reach: 1, aim: 0.4 },
    notes: ["The whole command: from the start of `./rampart` to its end, every resource of twelve hosts looked at."],
  };
}
