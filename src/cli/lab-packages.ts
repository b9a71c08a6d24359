/**
 * What the lab's image holds: the packages of every role, so that all sites share one image. Packages that a service of a
 * site needs besides are added, and make an image of their own. A test holds this list against the roles.
 */
export const rolePackages: readonly string[] = [
  "curl",
  "etcd-client",
  "etcd-server",
  "haproxy",
  "iputils-arping",
  "jq",
  "keepalived",
  "libnginx-mod-http-brotli-filter",
  "libnginx-mod-http-headers-more-filter",
  "libnginx-mod-http-modsecurity",
  "logrotate",
  "mariadb-backup",
  "mariadb-client",
  "mariadb-server",
  "modsecurity-crs",
  "nginx",
  "nodejs",
  "openssl",
  "prometheus",
  "prometheus-alertmanager",
  "prometheus-blackbox-exporter",
  "prometheus-mysqld-exporter",
  "prometheus-nginx-exporter",
  "prometheus-node-exporter",
  "restic",
  "socat",
  "systemd-timesyncd",
  "unattended-upgrades",
];
