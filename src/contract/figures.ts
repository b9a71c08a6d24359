/** Where programs of a host put figures for the monitor: the folder whose files node-exporter's textfile collector tells. */
export const figuresFolder = "/var/lib/prometheus/node-exporter";
