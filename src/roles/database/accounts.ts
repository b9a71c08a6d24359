import { formatIpv4, parseNetwork } from "../../base/ip.ts";
import { databaseAccount, databaseName, replicationAccount } from "../../contract/database.ts";
import { sqlAccount, sqlGrantDatabase, sqlName, sqlText } from "../../formats/mariadb.ts";
import { backupOf } from "../../model/backup.ts";
import { isGalera } from "../../model/galera.ts";
import { secretReference } from "../../model/secret.ts";
import type { AppService } from "../../model/site.ts";
import { type Host, hostsOf, type Topology } from "../../model/topology.ts";
import { canaryAccount } from "./backup-paths.ts";

/**
 * SQL that makes every database and account of the site, and can be run again at any time without a moment in which an
 * account has fewer rights than before. `rampart.account` remembers which accounts are the site's, so that those of a
 * service that left it can be dropped; databases are never dropped.
 */
export function accountsSql(topology: Topology, header: string): string {
  const { site, networks } = topology;
  const accounts = [
    exporterAccount,
    ...(backupOf(site) ? [canaryWriter] : []),
    ...(isGalera(site) ? [] : hostsOf(topology, "database").map(memberAccount)),
    ...site.app.filter((service) => service.database).map((service) => serviceAccount(service, networks.inside)),
  ];
  const databases = site.app
    .filter((service) => service.database)
    .map(({ name }) => `CREATE DATABASE IF NOT EXISTS ${sqlName(databaseName(name))} CHARACTER SET utf8mb4;`);
  return [`-- ${header}`, ownTables, ...databases, ...accounts.map(accountSql), ""].join("\n");
}

const ownTables = `CREATE DATABASE IF NOT EXISTS rampart CHARACTER SET utf8mb4;
CREATE TABLE IF NOT EXISTS rampart.setting (name VARCHAR(64) PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rampart.account (
  user VARCHAR(128), host VARCHAR(255), wanted BOOL NOT NULL, PRIMARY KEY (user, host)
);
CREATE TABLE IF NOT EXISTS rampart.canary (at DATETIME(6) PRIMARY KEY, host VARCHAR(64) NOT NULL);
UPDATE rampart.account SET wanted = 0;`;

interface Account {
  readonly user: string;
  readonly host: string;
  /** The name of the secret that is its password, when it has one. */
  readonly password?: string;
  /** What follows the account's name and password in CREATE USER and ALTER USER. */
  readonly proof: string;
  /** Complete statements; `account` is the quoted name. */
  readonly rights: (account: string) => readonly string[];
}

/** Says nothing of ACCOUNT LOCK: that is the agent's, who shuts members out with it, and these statements are replicated. */
function accountSql({ user, host, password, proof, rights }: Account): string {
  const account = sqlAccount(user, host);
  return [
    "",
    withPassword(`CREATE USER IF NOT EXISTS ${account}`, password, proof),
    withPassword(`ALTER USER ${account}`, password, proof),
    ...rights(account),
    `REPLACE INTO rampart.account VALUES (${sqlText(user)}, ${sqlText(host)}, 1);`,
  ].join("\n");
}

/** With the hash for the password: the binary log keeps a statement for days, and every backup holds the log. */
function withPassword(statement: string, password: string | undefined, proof: string): string {
  if (password === undefined) return `${statement} ${proof};`;
  const hash = `QUOTE(PASSWORD(${sqlText(secretReference(password))}))`;
  return `EXECUTE IMMEDIATE CONCAT(${sqlText(`${statement} IDENTIFIED BY PASSWORD `)}, ${hash}, ${sqlText(` ${proof}`)});`;
}

/** Reads the figures of the server; the account of the system user of that name, and of nobody else. */
const exporterAccount: Account = {
  user: "prometheus",
  host: "localhost",
  proof: "IDENTIFIED VIA unix_socket WITH MAX_USER_CONNECTIONS 3",
  rights: (account) => [`GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO ${account};`],
};

/** Writes the canary of backups, and nothing else: unlike root it is refused by a member that is read-only. */
const canaryWriter: Account = {
  user: canaryAccount,
  host: "localhost",
  proof: "IDENTIFIED VIA unix_socket WITH MAX_USER_CONNECTIONS 3",
  rights: (account) => [`GRANT SELECT, INSERT, DELETE ON rampart.canary TO ${account};`],
};

function memberAccount(host: Host): Account {
  return {
    user: replicationAccount(host.name),
    host: host.inside,
    password: "database.replication",
    proof: named(host.fqdn),
    rights: (account) => [`GRANT REPLICATION SLAVE ON *.* TO ${account};`],
  };
}

function serviceAccount(service: AppService, inside: string): Account {
  const database = sqlGrantDatabase(databaseName(service.name));
  return {
    user: databaseAccount(service.name),
    host: accountNetwork(inside),
    password: `${service.name}.database`,
    proof: named(service.name),
    // The order matters: REVOKE is an error when nothing at all was granted on the database yet.
    rights: (account) => [
      `REVOKE ALL PRIVILEGES ON *.* FROM ${account};`,
      `GRANT ${granted.join(", ")} ON ${database}.* TO ${account};`,
      `REVOKE ${withheld.join(", ")} ON ${database}.* FROM ${account};`,
    ],
  };
}

/**
 * Enough for an application and the changes of its schema. Nothing global: BINLOG ADMIN, CONNECTION ADMIN, READ_ONLY ADMIN
 * or SUPER would let a service write what no replica gets, or get an OK for a write that no replica has.
 */
const granted = [
  ...["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "INDEX", "DROP", "REFERENCES"],
  ...["CREATE TEMPORARY TABLES", "LOCK TABLES"],
];
const withheld = [
  ...["CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE", "EVENT", "TRIGGER"],
  ...["DELETE HISTORY", "GRANT OPTION"],
];

/**
 * Besides the password a certificate of the site's own CA (the only one that the server trusts) with this very name.
 * The issuer is not named: that would shut everyone out on the day when the CA is renewed.
 */
function named(commonName: string): string {
  return `REQUIRE SUBJECT ${sqlText(`/CN=${commonName}`)}`;
}

/** `10.77.0.0/255.255.0.0`: MariaDB knows networks by their mask only. */
function accountNetwork(network: string): string {
  const { base, prefix } = parseNetwork(network) ?? { base: 0, prefix: 0 };
  return `${formatIpv4(base)}/${formatIpv4(2 ** 32 - 2 ** (32 - prefix))}`;
}
