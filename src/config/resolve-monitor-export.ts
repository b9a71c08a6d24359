import type { RemoteWrite, SiteExport, SyslogExport } from "../model/export.ts";
import type { ExportInput, RemoteWriteInput, SyslogInput } from "./input.ts";
import type { Choose } from "./resolve-web.ts";

/** Where measurements and logs go besides the monitor, with the reason of every default. */
export function monitorExport(given: ExportInput | undefined, choose: Choose): SiteExport {
  const none = "measurements and logs leave the site only where you say";
  const at = (key: string) => `monitor.export.${key}`;
  return {
    remoteWrite:
      given?.remoteWrite === undefined
        ? choose(at("remoteWrite"), undefined, undefined, none)
        : metrics(given.remoteWrite, at, choose),
    syslog:
      given?.syslog === undefined ? choose(at("syslog"), undefined, undefined, none) : logs(given.syslog, at, choose),
  };
}

const known = "the authorities that Debian knows";
const nobody = "some places take what comes from networks that they know";

function metrics(given: RemoteWriteInput, at: (key: string) => string, choose: Choose): RemoteWrite {
  return {
    url: choose(at("remoteWrite.url"), given.url, given.url, ""),
    user: choose(at("remoteWrite.user"), given.user, undefined, nobody),
    password: choose(at("remoteWrite.password"), given.password, undefined, nobody),
    token: choose(at("remoteWrite.token"), given.token, undefined, nobody),
    trust: choose(at("remoteWrite.trust"), given.trust, undefined, known),
  };
}

function logs(given: SyslogInput, at: (key: string) => string, choose: Choose): SyslogExport {
  const server = choose(at("syslog.server"), given.server, given.server, "");
  const [host = "", port] = server.split(":");
  return { host, port: Number(port), trust: choose(at("syslog.trust"), given.trust, undefined, known) };
}
