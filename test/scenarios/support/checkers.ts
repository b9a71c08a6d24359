/** How a file that Rampart made is checked: by the program that reads it. */
export interface Checker {
  readonly pattern: RegExp;
  /** Shell; `script` is undefined for what no program can refuse: names, texts, pages. */
  readonly script: (file: string) => string | undefined;
}

const unitOf = (file: string) => file.replace("/etc/systemd/system/", "").replace(/\.d\/.*$/, "");

/** The first that fits counts. A file that fits none fails its test: it needs a line here. */
const checkers: readonly Checker[] = [
  { pattern: /^\/etc\/haproxy\/haproxy\.cfg$/, script: (file) => `haproxy -c -q -f ${file}` },
  // Read with haproxy.cfg, which names them.
  { pattern: /^\/etc\/haproxy\/errors\//, script: () => "haproxy -c -q -f /etc/haproxy/haproxy.cfg" },
  { pattern: /^\/etc\/nginx\/.*\.conf$/, script: () => "nginx -t -q" },
  { pattern: /^\/etc\/keepalived\/keepalived\.conf$/, script: (file) => `keepalived -t -f ${file}` },
  { pattern: /^\/etc\/nftables\.conf$/, script: (file) => `nft -c -f ${file}` },
  { pattern: /^\/etc\/rampart\/.*\.nft$/, script: (file) => `nft -c -f ${file}` },
  { pattern: /^\/usr\/local\/lib\/rampart\/blocks$/, script: (file) => `perl -c ${file}` },
  { pattern: /^\/etc\/ssh\/sshd_config(\.d\/.*)?$/, script: () => "sshd -t" },
  { pattern: /^\/etc\/mysql\/.*\.cnf$/, script: () => "mariadbd --help --verbose > /dev/null" },
  { pattern: /\.mjs$/, script: (file) => `node --check ${file}` },
  { pattern: /\.json$/, script: (file) => `jq -e . ${file} > /dev/null` },
  {
    pattern: /^\/etc\/rampart\/database\/.*\.cnf$/,
    script: (file) => `my_print_defaults --defaults-file=${file} client`,
  },
  { pattern: /^\/etc\/prometheus\/prometheus\.yml$/, script: (file) => `promtool check config ${file}` },
  { pattern: /^\/etc\/prometheus\/rules\/.*\.yml$/, script: (file) => `promtool check rules ${file}` },
  { pattern: /^\/etc\/prometheus\/alertmanager\.yml$/, script: (file) => `amtool check-config ${file}` },
  {
    pattern: /^\/etc\/prometheus\/blackbox\.yml$/,
    script: (file) => `prometheus-blackbox-exporter --config.check --config.file=${file}`,
  },
  {
    pattern: /exporter-web\.yml$/,
    script: (file) => `! command -v promtool > /dev/null || promtool check web-config ${file}`,
  },
  {
    pattern: /^\/etc\/systemd\/system\/.*(\.service|\.timer|\.path)$/,
    script: (file) => `systemd-analyze --man=no verify ${file}`,
  },
  {
    pattern: /^\/etc\/systemd\/system\/.*\.d\/.*\.conf$/,
    script: (file) => `systemd-analyze --man=no verify ${unitOf(file)}`,
  },
  {
    pattern: /^\/etc\/systemd\/(journald|journal-upload|journal-remote|timesyncd)/,
    script: (file) => `systemd-analyze cat-config ${file.replace(/\.d\/.*$/, "").replace(/(\.conf)?$/, ".conf")}`,
  },
  { pattern: /^\/etc\/sysctl\.d\//, script: (file) => `/usr/lib/systemd/systemd-sysctl --strict ${file}` },
  { pattern: /^\/etc\/apt\/apt\.conf\.d\//, script: () => "apt-config dump > /dev/null" },
  { pattern: /^\/etc\/tmpfiles\.d\//, script: (file) => `systemd-tmpfiles --dry-run --create ${file}` },
  { pattern: /^\/etc\/default\//, script: (file) => `sh -n ${file}` },
  { pattern: /^\/etc\/rampart\/.*\.env$/, script: (file) => `sh -n ${file}` },
  // Read by other programs, so it names no interpreter.
  { pattern: /^\/usr\/local\/lib\/rampart\/backup-common$/, script: (file) => `bash -n ${file}` },
  { pattern: /^\/usr\/local\//, script: (file) => `$(head -n 1 ${file} | tr -d '#!') -n ${file}` },
  {
    pattern: /^\/etc\/(rampart\/public-ca\.crt|haproxy\/tls\/given\.pem)$/,
    script: (file) => `openssl x509 -in ${file} -noout`,
  },
  { pattern: /^\/etc\/rampart\/ca\.crt$/, script: (file) => `openssl x509 -in ${file} -noout` },
  { pattern: /^\/etc\/hosts$/, script: () => 'getent hosts "$(hostname)"' },
  { pattern: /^\/etc\/prometheus\/.*\.tmpl$/, script: () => "amtool check-config /etc/prometheus/alertmanager.yml" },
  { pattern: /^\/etc\/prometheus\/alerts-ca\.crt$/, script: (file) => `openssl x509 -in ${file} -noout` },
  { pattern: /^\/etc\/prometheus\/mail\.password$/, script: () => undefined },
  // MariaDB has no check that does not run it; the primary's agent has run it.
  { pattern: /\.sql$/, script: () => "/usr/local/lib/rampart/database-status check" },
  // Bare secrets.
  { pattern: /^\/etc\/rampart\/database\/(replication|backup\.key)$/, script: () => undefined },
  { pattern: /\.html$|\.txt$|^\/etc\/motd$/, script: () => undefined },
];

/** The check of a file; undefined when nobody has said what reads it. */
export function checkOf(file: string): { readonly script: string | undefined } | undefined {
  const checker = checkers.find((one) => one.pattern.test(file));
  return checker && { script: checker.script(file) };
}
