/** Debian's places, and ours beside them. */
export const paths = {
  ca: "/etc/rampart/ca.crt",
  certificate: "/etc/prometheus/tls/monitor.crt",
  key: "/etc/prometheus/tls/monitor.key",
  prometheus: "/etc/prometheus/prometheus.yml",
  rules: "/etc/prometheus/rules/rampart.yml",
  alertmanager: "/etc/prometheus/alertmanager.yml",
  blackbox: "/etc/prometheus/blackbox.yml",
  mailTemplate: "/etc/prometheus/mail.tmpl",
  runbooks: "/etc/prometheus/runbooks.tmpl",
  alertTrust: "/etc/prometheus/alerts-ca.crt",
} as const;

/** All on the loopback: reached through an SSH tunnel only. */
export const local = {
  prometheus: "127.0.0.1:9090",
  alertmanager: "127.0.0.1:9093",
  blackbox: "127.0.0.1:9115",
} as const;

/** Names of Prometheus jobs that are no Service's name. */
export const jobs = {
  app: "app",
  prometheus: "monitor.prometheus",
  alertmanager: "monitor.alertmanager",
  blackbox: "monitor.blackbox",
  site: "probe.https",
  certificates: "probe.tls",
  inside: "probe.inside",
} as const;
