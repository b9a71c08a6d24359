import { createServer } from "node:http";
import { hostname } from "node:os";

const host = process.env.INSTANCE ?? hostname();

const server = createServer((request, response) => {
  if (request.url === "/healthz") return response.writeHead(200, { "Content-Type": "text/plain" }).end("ok\n");
  if (request.url !== "/") return response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
  const proto = request.headers["x-forwarded-proto"] === "https" ? "https" : "http";
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
  response.end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Hello</title>
<h1>Hello from ${host}</h1>
<p>You came by ${proto}.</p>
`);
});

server.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)).closeIdleConnections());
