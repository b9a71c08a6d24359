import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { DashboardSettings } from "../../src/model/dashboard.ts";
import type { Mark } from "../../src/model/overview.ts";
import { chartOf, chartQuestion, Refusal } from "./chart.ts";
import { type Asset, isOwnName, sendAsset, sendJson } from "./doors.ts";
import { logQuestion, searchLogs } from "./logs.ts";
import type { Watch } from "./overview.ts";
import { type Prometheus, prometheusAt } from "./prometheus.ts";

export interface House {
  readonly settings: DashboardSettings;
  readonly watch: Watch;
  readonly marks: () => Promise<readonly Mark[]>;
  /** By path. */
  readonly assets: ReadonlyMap<string, Asset>;
  readonly page: Asset;
}

/** Questions about long times may take a while, ms. */
const chartPatienceMs = 10_000;

/** The dashboard's server. Everything is read, nothing is changed: any method but GET and HEAD is refused. */
export function dashboardServer(house: House): Server {
  const prometheus = prometheusAt(house.settings.prometheus, chartPatienceMs);
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 65_000 },
    (request, response) => {
      handle(house, prometheus, request, response).catch((error: unknown) => {
        if (!response.headersSent) sendJson(request, response, ...failure(error));
        else response.destroy();
      });
    },
  );
  server.maxConnections = 200;
  return server;
}

/** What went wrong, in words for the page. */
function failure(error: unknown): readonly [number, { readonly error: string }] {
  if (error instanceof Refusal) return [400, { error: error.message }];
  const late = error instanceof Error && error.name === "TimeoutError";
  return [503, { error: late ? "Prometheus did not answer in time." : "Prometheus does not answer." }];
}

async function handle(
  house: House,
  prometheus: Prometheus,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isOwnName(request.headers.host))
    return sendJson(request, response, 421, { error: "The dashboard is not reached by this name." });
  if (request.method !== "GET" && request.method !== "HEAD")
    return sendJson(request, response, 405, { error: "The dashboard is for looking only." });
  const url = new URL(request.url ?? "/", "http://dashboard");
  const file = house.assets.get(url.pathname);
  if (file !== undefined) return sendAsset(request, response, file);
  if (!url.pathname.startsWith("/api/")) return sendAsset(request, response, house.page);
  const answer = await answerTo(house, prometheus, url);
  if (answer === undefined) return sendJson(request, response, 404, { error: "There is nothing here." });
  sendJson(request, response, 200, answer);
}

async function answerTo(house: House, prometheus: Prometheus, { pathname, searchParams }: URL): Promise<unknown> {
  const { settings, watch, marks } = house;
  const now = Date.now() / 1000;
  switch (pathname) {
    case "/api/overview":
      return await watch.overview();
    case "/api/chart":
      return await chartOf(settings, prometheus, chartQuestion(searchParams, now));
    case "/api/logs":
      return await searchLogs(settings, logQuestion(searchParams, settings, now));
    case "/api/marks":
      return { marks: await marks() };
    case "/api/site": {
      const { hosts, services, database, names, opensTls, retentionDays } = settings;
      const shown = hosts.map(({ name, tier, service, address }) => ({ name, tier, service, address }));
      return { hosts: shown, services, database, names, opensTls, retentionDays };
    }
    default:
      return undefined;
  }
}
