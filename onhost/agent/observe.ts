import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Agent, changing } from "./agent.ts";
import { look, renew } from "./etcd.ts";
import type { Found } from "./etcd-text.ts";
import { reaches } from "./gtid.ts";
import type { Server, Since, View } from "./model.ts";
import { askPeers } from "./peers.ts";
import { hasData, lifeOf, unitState } from "./process.ts";
import { relayFiles } from "./relay.ts";
import { secretDigest } from "./secret.ts";
import { type Looked, looked, questions, serverOf, silent } from "./server.ts";
import { remember } from "./since.ts";
import { close, open, queries, TimeoutError } from "./sql.ts";

/** How long MariaDB may take to answer a look. */
const limit = 700;
/** How often MariaDB may refuse to start before it counts. */
const refusals = 3;

/** How long a look waits for the other agents, ms: while writes wait, answers of the look before will do. */
const patiently = 100;
const hastily = 40;

/** How long a new session may wait to be greeted, and how long until the next is tried, ms; how often in a row it may fail. */
const greeting = 3000;
const betweenGreetings = 5000;
const greetings = 3;

/** One look: etcd, this MariaDB and the other agents, side by side. What it has seen of etcd is on the disk when it returns. */
export async function observe(agent: Agent): Promise<{ view: View; found: Found | undefined }> {
  const { kept, settings, config } = agent;
  const [found, server] = await Promise.all([
    lookAtStore(agent),
    lookAtServer(agent),
    askPeers(agent.peers, config, changing(agent) ? hastily : patiently, kept.memory.seen),
  ]);
  const now = performance.now();
  const store = found === undefined ? undefined : { ...found.store, storeLeader: agent.storeLeader?.member };
  if (store?.leader?.member === config.me && agent.etcd.lease === "0") {
    // An agent that was started again goes on with the lease of the one before.
    agent.etcd.lease = found?.leaderLease ?? "0";
    await renew(agent.etcd, settings.lease).catch(() => undefined);
  }
  const wished = kept.notes.wanted !== undefined && store?.leader !== undefined && store.leader.member !== config.me;
  const plain: View = {
    me: config.me,
    members: config.members.map(({ name }) => name),
    settings,
    store,
    // A member that the operator wants built anew shows itself without data; never while its vote could be needed.
    server: wished ? { ...server, state: "blank" } : server,
    peers: agent.peers.answers,
    memory: kept.memory,
    recent: {
      leaseUntil: agent.etcd.leaseUntil,
      removal: agent.removal,
      admission: agent.admission,
      failedOpens: agent.failedOpens,
      since: agent.since,
    },
  };
  if (found !== undefined) agent.since = lastChange(agent.since, found, now);
  agent.since = remember(agent.since, plain, now);
  return { view: { ...plain, recent: { ...plain.recent, since: agent.since } }, found };
}

/** What was seen is on the disk before anything is done with it; meanwhile the others are asked. */
async function lookAtStore({ etcd, kept }: Agent): Promise<Found | undefined> {
  const found = await look(etcd);
  if (found !== undefined && found.store.revision > kept.memory.seen)
    await kept.remember({ seen: found.store.revision });
  return found;
}

/** An agent that was just started knows from etcd when the last change of primary was: the hold-off does not begin anew with it. */
function lastChange(since: Since, { store, opened }: Found, now: number): Since {
  const term = store.cluster?.history.at(-1)?.term;
  const at = Date.parse(opened[term ?? ""]?.at ?? "");
  if (since.change !== undefined || term === undefined || Number.isNaN(at)) return since;
  return { ...since, change: { term, at: now - Math.max(0, Date.now() - at) } };
}

/** MariaDB on this host. The session is kept from look to look; when it breaks, systemd is asked what became of the server. */
export async function lookAtServer(agent: Agent): Promise<Server> {
  const { mariadb, kept } = agent;
  if (kept.notes.seeding) return silent("blank", []);
  try {
    const session = await ready(agent);
    const seen = looked(await queries(session, questions, limit));
    Object.assign(mariadb, { looked: seen, error: "", failedStarts: 0, started: false });
    greet(agent);
    if (mariadb.silentGreetings >= greetings) return silent("hung", kept.notes.locked);
    return await completed(agent, seen);
  } catch (error) {
    if (mariadb.session !== undefined) close(mariadb.session);
    mariadb.session = undefined;
    mariadb.looked = undefined;
    mariadb.error = error instanceof Error ? error.message : String(error);
    return silent(await standing(agent, error instanceof TimeoutError), kept.notes.locked);
  }
}

/**
 * Now and then a new session, beside the looks: MariaDB may answer old ones and greet nobody any more, for ever, so that no replica can come
 * back and acknowledge (decision 0022). Any answer counts, also that there are too many.
 */
function greet({ mariadb, config }: Agent): void {
  const now = performance.now();
  if (now < mariadb.greetAt) return;
  mariadb.greetAt = Number.POSITIVE_INFINITY;
  const { start } = mariadb;
  open(config.paths.socket, greeting)
    .then(close, (error: unknown) => error)
    .then((error) => {
      mariadb.silentGreetings =
        error instanceof TimeoutError && mariadb.start === start ? mariadb.silentGreetings + 1 : 0;
      mariadb.greetAt = performance.now() + (mariadb.silentGreetings > 0 ? 0 : betweenGreetings);
    });
}

/** The open session, or a new one: then it is a new life of the server, perhaps. */
async function ready(agent: Agent) {
  const { mariadb, config } = agent;
  if (mariadb.session?.alive === true) return mariadb.session;
  const session = await open(config.paths.socket, limit);
  session.onEnd = () => agent.wake();
  mariadb.session = session;
  mariadb.start = await lifeOf(config.paths.socket);
  Object.assign(mariadb, { silentGreetings: 0, greetAt: performance.now() + betweenGreetings });
  return session;
}

async function standing(agent: Agent, timedOut: boolean): Promise<Exclude<Server["state"], "running">> {
  const { mariadb, config } = agent;
  const unit = await unitState();
  if (unit.state === "alive") return timedOut || unit.alive ? "hung" : "stopped";
  if (unit.state === "starting" || unit.state === "stopping") return "starting";
  if (!hasData(config.paths.data)) return "blank";
  if (mariadb.started && unit.refused) mariadb.failedStarts++;
  mariadb.started = false;
  return mariadb.failedStarts >= refusals ? "refuses" : "stopped";
}

/** What only the agent knows is added: the life, the locks, and what lies in the relay files. */
async function completed(agent: Agent, seen: Looked): Promise<Server> {
  const { kept, mariadb, config } = agent;
  const { slave } = seen;
  const { followed } = kept.passing;
  let connected = followed?.start === mariadb.start && followed.connected;
  if (!connected && slave?.Slave_IO_Running === "Yes" && slave.Using_Gtid !== "No") {
    await kept.noteForNow({ followed: { secret: followed?.secret ?? "", start: mariadb.start, connected: true } });
    connected = true;
  }
  const server = serverOf(seen, {
    start: mariadb.start,
    memberAt: (host) => config.members.find(({ fqdn, name }) => fqdn === host || name === host)?.name,
    locked: kept.notes.locked,
    connected,
    left: connected || slave === undefined ? undefined : await leftBehind(agent, seen),
  });
  // The secret was changed and the source knows the new one only: it is named anew.
  const outdated = slave?.Last_IO_Errno === "1045" && followed?.secret !== (await secretDigest(config));
  return outdated ? { ...server, source: undefined } : server;
}

/** The last transaction of the relay files; read again only when they have changed, and never forgotten while it is not applied. */
export async function leftBehind({ mariadb, config }: Agent, seen: Looked): Promise<string | undefined> {
  const { data } = config.paths;
  const files = await shapeOf(data);
  const known = mariadb.left?.start === mariadb.start ? mariadb.left : undefined;
  if (known?.files === files) return known.received;
  const applied = seen.facts.slave_pos || seen.facts.binlog_pos || "";
  const read = (await relayFiles(data, applied))?.received;
  const before = known?.received;
  const received = before !== undefined && reaches(before, read ?? "") ? before : read;
  mariadb.left = { start: mariadb.start, files, received };
  return received;
}

async function shapeOf(data: string): Promise<string> {
  const index = await readFile(join(data, "relay.index"), "utf8").catch(() => "");
  const last = index.trimEnd().split("\n").at(-1) ?? "";
  const size =
    last === ""
      ? 0
      : await stat(join(data, last)).then(
          (found) => found.size,
          () => 0,
        );
  return `${index} ${size}`;
}
