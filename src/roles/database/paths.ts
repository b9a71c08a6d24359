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
  /** Second names of relay log files; inside the data folder since a second name needs the same file system. */
  relay: "/var/lib/mysql/.rampart-relay",

  folder: "/etc/rampart/database",
  settings: "/etc/rampart/database/standing.env",
  accounts: "/etc/rampart/database/accounts.sql",
  source: "/etc/rampart/database/source.sql",
  member: "/etc/rampart/database/member.cnf",
  exporter: "/etc/rampart/database/exporter.cnf",
  state: "/var/lib/rampart/database",

  programs: "/usr/local/lib/rampart",
  standing: "/usr/local/lib/rampart/database-standing",
  dataFolder: "/usr/local/lib/rampart/database-folder",
  status: "/usr/local/lib/rampart/database-status",

  serverDropIn: "/etc/systemd/system/mariadb.service.d/rampart.conf",
  exporterDropIn: "/etc/systemd/system/prometheus-mysqld-exporter.service.d/rampart.conf",
  unit: "/etc/systemd/system/rampart-database.service",
} as const;
