import { sqlText } from "../../formats/mariadb.ts";
import { secretReference } from "../../model/secret.ts";
import type { Host } from "../../model/topology.ts";
import { replicationAccount } from "./members.ts";
import { paths } from "./paths.ts";

/** SQL by which a replica learns whom to follow. A new member starts from the empty position and gets the whole history. */
export function sourceSql(host: Host, primary: Host, header: string): string {
  const settings = [
    `master_host = ${sqlText(primary.fqdn)}`,
    "master_port = 3306",
    `master_user = ${sqlText(replicationAccount(host))}`,
    `master_password = ${sqlText(secretReference("database.replication"))}`,
    "master_use_gtid = slave_pos",
    "master_connect_retry = 1",
    "master_ssl = 1",
    "master_ssl_verify_server_cert = 1",
    `master_ssl_ca = ${sqlText(paths.ca)}`,
    `master_ssl_cert = ${sqlText(paths.certificate)}`,
    `master_ssl_key = ${sqlText(paths.key)}`,
  ];
  return `-- ${header}\nCHANGE MASTER TO\n  ${settings.join(",\n  ")};\n`;
}
