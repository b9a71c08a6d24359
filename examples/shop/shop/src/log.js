/**
 * One line of JSON for the journal. Never give it passwords, cookies or whole requests.
 *
 * @param {"info" | "error"} level
 * @param {Record<string, unknown>} facts
 */
export function log(level, facts) {
  console.log(JSON.stringify({ level, ...facts }));
}
