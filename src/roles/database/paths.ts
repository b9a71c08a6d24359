import { agentSocket, databaseStatusProgram } from "../../contract/database.ts";
import { memberSocket } from "../../contract/galera.ts";

/** Where things are on a database host. */
export const paths = {
  /** Debian's my.cnf reads the folder in alphabetical order: ours is the last word. */
  options: "/etc/mysql/mariadb.conf.d/90-rampart.cnf",
  tls: "/etc/mysql/tls",
  certificate: "/etc/mysql/tls/server.crt",
  key: "/etc/mysql/tls/server.key",
  ca: "/etc/rampart/ca.crt",
  socket: "/run/mysqld/mysqld.sock",
  data: "/var/lib/mysql",

  folder: "/etc/rampart/database",
  agent: "/etc/rampart/database/agent.json",
  accounts: "/etc/rampart/database/accounts.sql",
  replication: "/etc/rampart/database/replication",
  exporter: "/etc/rampart/database/exporter.cnf",
  state: "/var/lib/rampart/database",
  /** There as soon as this host has belonged to a founded cluster: its data may be gone, but they are not new. */
  member: "/var/lib/rampart/database/member",

  runtime: "/run/rampart-agent",
  /** Written by the agent before each start of MariaDB, which does not start without it. */
  start: "/run/rampart-agent/mariadb.env",
  agentSocket,

  programs: "/usr/local/lib/rampart",
  agentProgram: "/usr/local/lib/rampart/database-agent.mjs",
  dataFolder: "/usr/local/lib/rampart/database-folder",
  status: databaseStatusProgram,

  storeTls: "/etc/etcd/tls",
  storeCertificate: "/etc/etcd/tls/store.crt",
  storeKey: "/etc/etcd/tls/store.key",
  storeSettings: "/etc/default/etcd",
  storeData: "/var/lib/etcd/rampart",
  storeProgram: "/usr/local/lib/rampart/database-store",
  /** How etcd is to start this time, besides its settings. */
  storeStart: "/run/rampart-store.env",
  /** There as soon as this host's etcd has had data. */
  storeMember: "/var/lib/rampart/database/store",

  serverDropIn: "/etc/systemd/system/mariadb.service.d/rampart.conf",
  storeDropIn: "/etc/systemd/system/etcd.service.d/rampart.conf",
  exporterDropIn: "/etc/systemd/system/prometheus-mysqld-exporter.service.d/rampart.conf",
  agentUnit: "/etc/systemd/system/rampart-agent.service",
} as const;

/** What mode galera has instead of the agent and etcd. */
export const galeraPaths = {
  settings: "/etc/rampart/database/member.json",
  program: "/usr/local/lib/rampart/database-member.mjs",
  unit: "/etc/systemd/system/rampart-member.service",
  runtime: "/run/rampart-member",
  /** Written by the member program before each start of MariaDB, which does not start without it. */
  start: "/run/rampart-member/mariadb.env",
  socket: memberSocket,
  /** There as soon as this host has belonged to a cluster: its data may be gone, but they are not new. */
  belonged: "/var/lib/rampart/database/galera",
  provider: "/usr/lib/galera/libgalera_smm.so",
} as const;
