import type { Serving } from "../../formats/served-certificate.ts";
import { tlsFolder } from "./facts.ts";

/** nginx reads certificates from its disk, when it reloads; requests under way end on the old workers. */
export const byNginx: Serving = {
  unit: "nginx.service",
  writes: tlsFolder,
  functions: `load() {
  nginx -e stderr -s reload || return 1
  for _ in {1..20}; do
    [[ $(served | fingerprint) == "$(fingerprint < "$file")" ]] && return
    sleep 0.25
  done
  say "nginx does not take the certificate"
  return 1
}
take() { put "$1" && load; }`,
};
