/** What a visitor reads when there is nothing better to show. Plain ASCII, and nothing that has to be loaded. */
export interface CalmPage {
  readonly title: string;
  readonly text: string;
}

export const pages = {
  unavailable: {
    title: "We will be right back",
    text: "The site cannot answer at the moment. Nothing you did is lost. Please try again in a few seconds.",
  },
  slow: {
    title: "This takes too long",
    text: "The answer did not come in time. If you sent something, please look whether it arrived before you send it again.",
  },
  missing: {
    title: "This page does not exist",
    text: "The address may be mistyped, or the page may have moved. The start page leads to all that there is.",
  },
  tooMany: {
    title: "One moment, please",
    text: "We received very many requests from your address. Please wait ten seconds and try again.",
  },
  banned: {
    title: "Please come back later",
    text: "Requests from your address are not answered for a while, because log-ins from there failed too often or the operators of the site closed it. If you forgot your password, please wait before you try again.",
  },
  unknownSite: {
    title: "This site is not here",
    text: "This server does not know the name in the address. Please check how it is spelled.",
  },
} as const satisfies Record<string, CalmPage>;

/** For a visitor whom the web application firewall refused; `id` finds the request in the logs. */
export function refusedPage(id: string): CalmPage {
  return {
    title: "This was not accepted",
    text: `What was sent looks like an attack on the site, so it was not passed on. If you only wanted to use the site, please tell its operators this number: ${id}`,
  };
}

/** The page as HTML. It carries no word of who made it or on which host: visitors read its source too. */
export function calmHtml({ title, text }: CalmPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1.5rem }
  h1 { font-size: 1.5rem; font-weight: 600 }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}

/** A whole HTTP answer, as HAProxy's `errorfile` wants it. `status` is "503 Service Unavailable". */
export function calmAnswer(status: string, page: CalmPage): string {
  const body = calmHtml(page);
  const head = [
    `HTTP/1.1 ${status}`,
    `Content-Length: ${body.length}`,
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    ...(status.startsWith("503") ? ["Retry-After: 5"] : []),
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
