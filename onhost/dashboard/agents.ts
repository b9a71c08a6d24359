import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { DatabaseStatus } from "../../src/contract/database.ts";
import type { DashboardHost, DashboardSettings } from "../../src/model/dashboard.ts";
import type { Told } from "./database.ts";

/** Asks the agent of every database host, all at once; who does not answer in time is told as undefined. */
export async function askAgents(settings: DashboardSettings, limitMs: number): Promise<Told> {
  const { database, hosts } = settings;
  if (database?.mode !== "replicated") return new Map();
  const members = hosts.filter(({ tier }) => tier === "database");
  const answers = members.map(async (host) => {
    const status = await askAgent(settings, host, database.agentPort, limitMs).catch(() => undefined);
    return [host.name, status] as const;
  });
  return new Map(await Promise.all(answers));
}

/** The files are read each time: certificates are renewed beside us. */
function askAgent(
  { identity }: DashboardSettings,
  { address, fqdn }: DashboardHost,
  port: number,
  limitMs: number,
): Promise<DatabaseStatus> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: address, port, servername: fqdn, path: "/status", agent: false, minVersion: "TLSv1.3" },
        ca: readFileSync(identity.ca),
        cert: readFileSync(identity.certificate),
        key: readFileSync(identity.key),
        headers: { host: `${fqdn}:${port}` },
        signal: AbortSignal.timeout(limitMs),
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode !== 200) return reject(new Error(`answers ${response.statusCode}`));
          try {
            resolve(JSON.parse(Buffer.concat(parts).toString()) as DatabaseStatus);
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}
