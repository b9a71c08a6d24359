export const account = "rampart-probe";

export const paths = {
  folder: "/etc/rampart/probe",
  settings: "/etc/rampart/probe/probe.json",
  certificate: "/etc/rampart/probe/probe.crt",
  key: "/etc/rampart/probe/probe.key",
  program: "/usr/local/lib/rampart/probe.js",
  unit: "/etc/systemd/system/rampart-probe.service",
  blackbox: "/etc/prometheus/blackbox.yml",
  blackboxDefaults: "/etc/default/prometheus-blackbox-exporter",
  blackboxDropIn: "/etc/systemd/system/prometheus-blackbox-exporter.service.d/rampart.conf",
  ca: "/etc/rampart/ca.crt",
  /** Authorities of the public certificate that Debian does not know. */
  publicCa: "/etc/rampart/public-ca.crt",
  mailPassword: "/etc/rampart/probe/mail.password",
  /** Authorities of the operators' own webhook or mail server. */
  alertTrust: "/etc/rampart/probe/alerts-ca.crt",
  debianCa: "/etc/ssl/certs/ca-certificates.crt",
} as const;

/** The exporter listens on the loopback: the program beside it asks, nobody else. */
export const blackboxAddress = "127.0.0.1:9115";
