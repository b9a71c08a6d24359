import type { Action, Commit, Vote } from "../model.ts";
import { clock } from "./agent.ts";
import { dropRequest, moveLeader, putVote, resign, transact } from "./etcd.ts";
import { seed, startServer, stopServer } from "./life.ts";
import { between } from "./random.ts";
import { changeMaster, commitUpTo, position, purge, seen, startSlave, stopIo } from "./server.ts";
import { builtAnew } from "./vouched.ts";
import { type Agent, at, indexOf, type Mariadb, note, passes, type Step, type World } from "./world.ts";

/** What `act` does for each action, statement by statement: between any two the agent may crash or freeze. */
export function stepsOf(world: World, agent: Agent, action: Action): Step[] {
  const server = at(world.servers, agent.host);
  switch (action.kind) {
    case "commit":
      return [transaction(world, agent, action.commit)];
    case "take over":
      return sideBySide(world, stopReceiving(server), transaction(world, agent, action.commit));
    case "hand over":
      return [promise(agent, action.term), transaction(world, agent, action.commit)];
    case "vote":
      return voting(world, agent, server, action.term);
    case "open":
      return opening(world, agent, server, action);
    case "follow":
      return joining(world, agent, server, action);
    case "rebuild":
      return building(world, agent, server, action);
    case "lock out":
      return lockingOut(world, agent, server, indexOf(world, action.member));
    case "go alone":
      return [
        transaction(world, agent, action.commit),
        sql("semi-sync off", server, () => {
          server.needsAck = false;
          commitUpTo(world, server, server.log.length);
        }),
        own("forget admission", () => {
          agent.admission = undefined;
        }),
      ];
    default:
      return [single(world, agent, server, action)];
  }
}

function single(world: World, agent: Agent, server: Mariadb, action: Action): Step {
  switch (action.kind) {
    case "stop receiving":
      return stopReceiving(server);
    case "rescue":
      return sql("apply relay files", server, () => {
        server.source = undefined;
        server.sql = true;
      });
    case "close":
      return closing(world, server);
    case "resign":
      return own("delete the key", () => resign(world, agent));
    case "kill":
      return own("SIGKILL", () => stopServer(server));
    case "start":
      return own("start", () => startServer(world, server, action.how));
    case "receive":
      return sql("START SLAVE IO_THREAD", server, () => startSlave(world, server, { io: true, sql: false }));
    case "acknowledge":
      return sql("reconnect", server, () => {
        server.ackEnabled = action.on;
        stopIo(server);
        startSlave(world, server, { io: true, sql: false });
      });
    case "unlock":
      return sql("unlock", server, () => {
        server.locked.delete(indexOf(world, action.member));
      });
    case "note admission":
      return sql("note", server, () => {
        agent.admission = { member: action.member, position: position(server) };
      });
    case "need ack":
      return sql("semi-sync on", server, () => {
        server.needsAck = true;
      });
    case "answer":
      return own("answer", () => dropRequest(world, agent, action.request));
    case "move store leader":
      return own("move etcd's leader", () => moveLeader(world, indexOf(world, action.to)));
    default:
      throw new Error(`no step for ${action.kind}`);
  }
}

function transaction(world: World, agent: Agent, commit: Commit): Step {
  return { name: "commit", run: () => (transact(world, agent, commit, clock(world, agent)) === "yes" ? "on" : "stop") };
}

function stopReceiving(server: Mariadb): Step {
  return sql("STOP SLAVE IO_THREAD", server, () => stopIo(server));
}

/** Neither waits for the other, and either may be first. */
function sideBySide(world: World, one: Step, other: Step): Step[] {
  return between(world.dice, 0, 1) === 0 ? [one, other] : [other, one];
}

function voting(world: World, agent: Agent, server: Mariadb, term: number): Step[] {
  return [
    {
      name: "stop receiving",
      run: () => {
        if (server.state === "running" && server.frozen) return "stop";
        stopIo(server);
        return "on";
      },
    },
    promise(agent, term),
    {
      name: "note",
      run: () => {
        if (agent.memory.noted?.term === term) return "on";
        const vote = answer(world, agent, server, term);
        if (vote === undefined) return "stop";
        agent.memory = { ...agent.memory, noted: vote };
        return "on";
      },
    },
    own("publish", () => {
      if (agent.memory.noted?.term === term) putVote(world, agent, agent.memory.noted);
    }),
  ];
}

function promise(agent: Agent, term: number): Step {
  return own("promise", () => {
    agent.memory = { ...agent.memory, promised: term };
  });
}

/** An old primary that has not joined the new one has acknowledged nothing for it. */
export function answer(world: World, agent: Agent, server: Mariadb, term: number): Vote | undefined {
  const { received, position: applied, start, state } = seen(world, server);
  if (agent.memory.led > 0) return { term, received: "", applied: "", serverStart: start, countable: true };
  if (state !== "running") return undefined;
  return { term, received: received ?? "", applied, serverStart: start, countable: received !== undefined };
}

function opening(world: World, agent: Agent, server: Mariadb, action: Extract<Action, { kind: "open" }>): Step[] {
  const life = server.lives;
  const same = (name: string, run: () => void): Step => sql(name, server, run, () => server.lives === life);
  const led = own("led", () => {
    agent.memory = { ...agent.memory, led: action.term };
  });
  const stop = same("STOP SLAVE", () => {
    stopIo(server);
    server.sql = false;
    server.ackEnabled = false;
  });
  return [
    ...sideBySide(world, led, stop),
    same("locks", () => {
      server.locked.clear();
      for (const member of action.lock) lock(world, server, indexOf(world, member));
    }),
    same("server number", () => {
      server.serverId = action.serverId;
    }),
    same("semi-sync on", () => {
      server.needsAck = true;
    }),
    same("read_only=0", () => {
      server.openTerm = action.term;
      server.readOnly = false;
    }),
    same("RESET SLAVE ALL", () => {
      purge(world, server);
      server.source = undefined;
    }),
  ];
}

function joining(world: World, agent: Agent, server: Mariadb, action: Extract<Action, { kind: "follow" }>): Step[] {
  const life = server.lives;
  const same = (name: string, run: () => void): Step =>
    sql(name, server, run, () => server.lives === life && server.readOnly && server.waiting.length === 0);
  return [
    same("STOP SLAVE", () => {
      stopIo(server);
      server.sql = false;
      server.needsAck = false;
    }),
    same("server number", () => {
      server.serverId = action.serverId;
      server.ackEnabled = action.ack;
    }),
    same("CHANGE MASTER", () => changeMaster(world, server, indexOf(world, action.source))),
    own("led no more", () => {
      agent.memory = { ...agent.memory, led: 0 };
    }),
    same("START SLAVE", () => {
      server.openTerm = 0;
      startSlave(world, server, { io: true, sql: true });
    }),
  ];
}

function building(world: World, agent: Agent, server: Mariadb, action: Extract<Action, { kind: "rebuild" }>): Step[] {
  const source = at(world.servers, indexOf(world, action.from));
  let until = 0;
  return [
    transaction(world, agent, action.commit),
    own("wipe", () => {
      builtAnew(world, server);
      stopServer(server);
      server.state = "blank";
      agent.memory = { ...agent.memory, led: 0, noted: undefined };
      until = world.tick + between(world.dice, 8, 15);
    }),
    {
      name: "copy",
      run: () => {
        const reachable = passes(world, source.host, server.host) && passes(world, server.host, source.host);
        if (source.state !== "running" || source.frozen || !reachable || stuck(world, source)) return "stop";
        if (world.tick < until) return "again";
        seed(server, source, action.commit.cluster.serverIds[agent.name] ?? 0);
        note(world, `${agent.name} was built anew from ${action.from}, up to ${position(server)}`);
        return "on";
      },
    },
  ];
}

/** A backup does not end where commits wait for nobody. */
function stuck(world: World, source: Mariadb): boolean {
  return source.waiting.length > 0 && !world.servers.some((server) => server.linked && server.source === source.host);
}

function lockingOut(world: World, agent: Agent, server: Mariadb, host: number): Step[] {
  return [
    sql("lock", server, () => server.locked.add(host)),
    sql("kill dump thread", server, () => lock(world, server, host)),
    sql("note", server, () => {
      agent.removal = { member: at(world.names, host), position: position(server) };
    }),
  ];
}

function lock(world: World, server: Mariadb, host: number): void {
  server.locked.add(host);
  const replica = at(world.servers, host);
  if (replica.source === server.host) replica.linked = false;
}

/** SET GLOBAL read_only=1 hangs while a commit waits; after its deadline it is given up. */
function closing(world: World, server: Mariadb): Step {
  let until = 0;
  return {
    name: "read_only=1",
    run: () => {
      if (server.state !== "running" || server.frozen) return "stop";
      until ||= world.tick + 10;
      if (server.waiting.length > 0) return world.tick < until ? "again" : "stop";
      server.readOnly = true;
      return "on";
    },
  };
}

/** A statement: gives up when the server does not answer, or is not as it must be. */
function sql(name: string, server: Mariadb, run: () => void, fits: () => boolean = () => true): Step {
  return {
    name,
    run: () => {
      if (server.state !== "running" || server.frozen || !fits()) return "stop";
      run();
      return "on";
    },
  };
}

function own(name: string, run: () => void): Step {
  return {
    name,
    run: () => {
      run();
      return "on";
    },
  };
}
