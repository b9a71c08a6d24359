import { haproxyPaths } from "../../formats/haproxy-parts.ts";
import type { Serving } from "../../formats/served-certificate.ts";

/** A certificate reaches HAProxy by its admin socket, without a reload. It takes one of a wrong name, so look before. */
export const byHaproxy: Serving = {
  unit: "haproxy.service",
  writes: "/etc/haproxy/tls /run/haproxy",
  functions: `admin() { timeout 5 socat -t 5 stdio ${haproxyPaths.socket}; }
# give FILE: served from the next handshake on.
give() {
  local said
  said=$({ echo "set ssl cert $file <<"; sed -e '/^#/d' -e '/^[[:space:]]*$/d' "$1"; echo; } | admin)
  said+=$(echo "commit ssl cert $file" | admin)
  [[ $said == *Success* ]] && return
  echo "abort ssl cert $file" | admin > /dev/null
  say "HAProxy does not take the certificate: $said"
  return 1
}
load() { give "$file"; }
take() { give "$1" && put "$1"; }`,
};
