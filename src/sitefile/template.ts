import { dedent } from "../base/text.ts";
import { typesFile } from "./types.ts";

export interface NewSite {
  /** [a-z][a-z0-9-]*, at most 20 characters. */
  readonly name: string;
  readonly domain: string;
  /** YAML instead of TypeScript. */
  readonly yaml?: boolean;
  /** Path or address of site.schema.json for editors; only for YAML. */
  readonly schema?: string;
}

/** A file that `rampart init` writes; the path is relative to the new site's folder. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Everything that a new site needs for `rampart up`: its site file and a tiny app. */
export function newSiteFiles(site: NewSite): readonly NewFile[] {
  const siteFile = site.yaml
    ? { path: "rampart.config.yaml", text: yamlSiteFile(site) }
    : { path: "rampart.config.ts", text: typescriptSiteFile(site) };
  return [
    siteFile,
    { path: "app/server.js", text: serverProgram() },
    { path: ".gitignore", text: ".rampart/\nnode_modules/\n" },
  ];
}

export function typescriptSiteFile({ name, domain }: NewSite): string {
  return dedent(`
    // Your whole site. Every key has a hint in your editor; \`rampart config\` shows the defaults and why they are so.
    /// <reference path="./${typesFile}" />
    import { defineSite } from "rampart";

    export default defineSite({
      name: ${JSON.stringify(name)},
      domain: ${JSON.stringify(domain)}, // what visitors type; in the lab it need not exist
      app: {
        // One service on two hosts. Any language: it must listen on 127.0.0.1 at this port.
        ${serviceKey(name)}: { source: "./app", start: "node server.js", port: 3000 },
        // With \`database: true\` it gets a database of its own, replicated on three hosts.
      },
    });
  `);
}

export function yamlSiteFile({ name, domain, schema }: NewSite): string {
  const hint = schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`;
  return (
    hint +
    dedent(`
    # Your whole site. \`rampart config\` shows the defaults and why they are so.
    name: ${yamlText(name)}
    domain: ${yamlText(domain)} # what visitors type; in the lab it need not exist
    app:
      # One service on two hosts. Any language: it must listen on 127.0.0.1 at this port.
      ${yamlText(serviceName(name))}:
        source: ./app
        start: node server.js
        port: 3000
        # With "database: true" it gets a database of its own, replicated on three hosts.
  `)
  );
}

/** A program that answers every request, without any package, and ends its requests before it stops. */
export function serverProgram(): string {
  return dedent(`
    const { createServer } = require("node:http");
    const { hostname } = require("node:os");

    const server = createServer((request, response) => {
      response.setHeader("content-type", "text/plain; charset=utf-8");
      response.end(\`Hello from \${hostname()}. You asked for \${request.url}\\n\`);
    });

    server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
    process.on("SIGTERM", () => server.close());
  `);
}

function serviceKey(site: string): string {
  const name = serviceName(site);
  return /^[a-z][a-z0-9]*$/.test(name) ? name : JSON.stringify(name);
}

/** Plain where YAML reads a text, in quotes where it would read something else. */
function yamlText(text: string): string {
  return /^(true|false|null)$/.test(text) || !/^[a-z][a-z0-9.-]*$/.test(text) ? JSON.stringify(text) : text;
}

/** The service is called like the site, unless that is a name that Rampart uses itself. */
function serviceName(site: string): string {
  const taken =
    /^((lb|web|db|mon|app|base|balancer|database|monitor|public|localhost|rampart|root|mysql|mariadb|sys)\d*)$/;
  return taken.test(site) ? "site" : site;
}
