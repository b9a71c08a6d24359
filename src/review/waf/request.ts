import type { SampleInput } from "./samples.ts";

/** The bytes that a test sends. They may be no HTTP at all: that is what some tests are about. */
export function requestBytes(input: SampleInput): Buffer {
  if (input.encoded_request) return Buffer.from(input.encoded_request, "base64");
  if (input.raw_request) return Buffer.from(input.raw_request);
  const isCompleted = input.stop_magic !== true && input.autocomplete_headers !== false;
  const headers = headersOf(input);
  const has = (name: string) => headers.some(([key]) => key.toLowerCase() === name.toLowerCase());
  const method = input.method ?? "GET";
  let data = input.data ?? "";
  if (isCompleted && data !== "" && !has("Content-Type"))
    headers.push(["Content-Type", "application/x-www-form-urlencoded"]);
  const type = headers.find(([key]) => key.toLowerCase() === "content-type")?.[1] ?? "";
  if (isCompleted && type === "application/x-www-form-urlencoded") data = encodedForm(data);
  if (type.includes("multipart/form-data;")) data = data.replace(/\r?\n/g, "\r\n");
  const body = Buffer.from(data);
  if (isCompleted) {
    if (!has("Connection")) headers.push(["Connection", "close"]);
    if (!has("Content-Length") && (body.length > 0 || /^(POST|PUT|PATCH)$/.test(method)))
      headers.push(["Content-Length", String(body.length)]);
  }
  const head = [
    `${method} ${input.uri ?? "/"} ${input.version ?? "HTTP/1.1"}`,
    ...headers.map(([key, value]) => `${key}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

function headersOf({ headers, ordered_headers }: SampleInput): [string, string][] {
  const ordered = (ordered_headers ?? []).map(({ name, value }): [string, string] => [name, value]);
  const named = Object.entries(headers ?? {}).map(([name, value]): [string, string] => [name, value ?? ""]);
  return [...named, ...ordered];
}

/** Tests write forms as people read them; what already is encoded stays. */
function encodedForm(data: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(data.replaceAll("+", " "));
  } catch {
    return data;
  }
  if (plain !== data) return data;
  const word = (part: string) => encodeURIComponent(part).replaceAll("%20", "+");
  return data
    .split("&")
    .map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? word(part) : `${word(part.slice(0, at))}=${word(part.slice(at + 1))}`;
    })
    .join("&");
}
