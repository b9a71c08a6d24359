/** Certificate and key that visitors see. */
export const publicCertificate = "/etc/haproxy/tls/public.pem";

/** Port on 127.0.0.1 at which keepalived asks whether HAProxy still answers. */
export const alivePort = 8404;

/** Holds 1 while HAProxy is down, 0 while it runs. Written by its unit, read by keepalived. */
export const downFile = "/run/haproxy_down";
