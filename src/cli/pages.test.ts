import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pageListText, pageText } from "../report/page.ts";
import { plainStyle } from "../report/style.ts";
import { commandLine } from "./arguments.ts";
import { globalOptions, pageOf, pages } from "./pages.ts";
import { referencePages } from "./reference.ts";

test("docs/reference/cli.md is up to date (else: rampart docs --write, or UPDATE_GOLDEN=1)", () => {
  const file = new URL("../../docs/reference/cli.md", import.meta.url);
  const text = referencePages().get("cli.md") ?? "";
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("every page is whole, and names only verbs that there are", () => {
  for (const page of pages) {
    expect(page.description, page.verb).not.toEqual([]);
    expect(page.examples, page.verb).not.toEqual([]);
    expect(page.exits, page.verb).not.toEqual([]);
    expect(page.summary, page.verb).not.toMatch(/\.$/);
    for (const line of page.synopsis) expect(line.split(" ")[0]).toBe(page.verb);
    for (const verb of page.related) expect(pageOf(verb), verb).toBeDefined();
  }
  expect(new Set(pages.map((page) => page.verb)).size).toBe(pages.length);
});

test("every example of a page is understood", () => {
  for (const page of pages) {
    const typed = page.examples.map(({ term }) => term.replaceAll(/\$\([^)]*\)/g, "value"));
    const commands = typed.flatMap((text) => text.split(/\s*(?:&&|\|\||[|>;])\s*/));
    for (const command of commands.filter((text) => text.startsWith(`rampart ${page.verb} `))) {
      const [, , ...words] = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
        ([, a, b, c]) => a ?? b ?? c ?? "",
      );
      expect(() => commandLine(page, globalOptions, words), command).not.toThrow();
    }
  }
});

test("no line of a page is wider than the screen, but for commands to copy", () => {
  for (const page of pages) {
    const commands = [...page.examples.map((one) => one.term), ...page.synopsis];
    const lines = pageText(page, globalOptions, plainStyle).split("\n");
    for (const line of lines.filter((one) => !commands.some((command) => one.includes(command)))) {
      expect(line.length, line).toBeLessThanOrEqual(80);
    }
  }
});

test("a page", () => {
  expect(pageText(pages[2] ?? expect.fail(), globalOptions, plainStyle)).toMatchInlineSnapshot(`
    "NAME
      rampart plan - show what apply would change, and change nothing

    SYNOPSIS
      rampart plan [-v] [--exit-code] [--json]

    DESCRIPTION
      Looks at every host and compares it with what the site file asks for. Shows
      new hosts (+), changes (~), removals (-), what each does to running programs
      (reload, restart), whether connections are dropped, and the order in which it
      would be done.

      A host that does not answer is named as unknown; nothing is said of it, and
      the exit code is 1.

    OPTIONS
      -v, --verbose         Also why each thing should be there, and the differences
                            of files line by line.
      --exit-code           Exit with 3 when there are changes, with 0 when there
                            are none.
      --json                The result as JSON on standard output; problems as JSON,
                            too.

    OPTIONS OF EVERY VERB
      --site DIR            Folder of the site file, or the file itself. Without it:
                            the working folder.
      --env NAME            Environment of the site. This version knows "lab": hosts
                            made on this machine.
      -h, --help            The manual of the verb.

    EXAMPLES
      rampart plan
          What would be done.
      rampart plan --exit-code || echo drift
          Tells whether the hosts are still what the file says.

    EXIT CODES
      0                     Done.
      1                     It could not be done; the problems say why, where, and
                            what to do.
      2                     A wrong verb, option or argument.
      3                     There are changes (only with --exit-code).

    FILES
      rampart.config.ts     The site file, or rampart.config.yaml: the one file that
                            says what the site is.

    SEE ALSO
      rampart apply, rampart explain"
  `);
  expect(pageListText(pages, globalOptions, plainStyle)).toMatchInlineSnapshot(`
    "One site file becomes a complete web infrastructure on plain Debian.

    Usage
      rampart VERB [OPTION…] [WORD…]

    Verbs
      init        write a new site: a site file and a small program
      up          start what is missing and bring the site to what its file says
      plan        show what apply would change, and change nothing
      apply       make the changes that plan shows, and verify them
      status      show how the site is now
      dashboard   open the site's dashboard in a browser, through SSH
      top         show the dashboard's overview in the terminal, live
      qps         show requests per second by tier, service, host and status class,
                  live
      regions     show what every region outside sees of the site
      report      show a day: availability by region, slow hours, failed visits,
                  alerts, requests
      verify      try everything that the site promises, from outside
      alerts      show which alerts fire, or one of them with its runbook
      silence     keep alerts of planned work from being sent
      config      show the complete site, with every default and where it comes from
      explain     tell which role wants a thing on a host, from which line of the
                  site file, and why
      render      write all files of all hosts into a folder, for reading
      export      dashboards for Grafana, and the site's rules for a Prometheus of
                  yours
      firewall    explain, try and change who may reach what
      bans        show, make and end bans of visitors
      waf         what the web application firewall found, and tests of its rules
      cert        list certificates, renew them, replace the site's CA
      db          show the database, move its primary, mend its members, look inside
      exec        run a command on a host
      ssh         open a shell on a host
      logs        show what a host said, or search the logs of all hosts
      lab         break things in the lab, or act as a visitor
      secrets     give the encrypted secrets a new key
      down        stop the site's hosts and leave nothing behind
      docs        show the manual of a verb
      completion  print the completion script of a shell

    Options of every verb
      --site DIR            Folder of the site file, or the file itself. Without it:
                            the working folder.
      --env NAME            Environment of the site. This version knows "lab": hosts
                            made on this machine.
      -h, --help            The manual of the verb.

    The manual of a verb:  rampart docs VERB"
  `);
});
