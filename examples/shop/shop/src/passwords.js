import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** About 0.1 s and 32 MB for one hash. Written into every hash, so that it can be raised later. */
const COST = { N: 2 ** 15, r: 8, p: 2 };
const LENGTH = 32;

/**
 * @param {string} password
 * @returns {Promise<string>} "scrypt$N$r$p$salt$hash", salt and hash in base64url
 */
export async function passwordHash(password) {
  const salt = randomBytes(16);
  const hash = await derived(password, salt, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/**
 * Whether the password belongs to the hash. Without a hash (no such account) it takes just as long and says no,
 * so that nobody can find out by the clock which addresses have an account.
 *
 * @param {string} password
 * @param {string | undefined} stored
 */
export async function passwordMatches(password, stored) {
  const [kind, N, r, p, salt, hash] = (stored ?? "").split("$");
  if (kind !== "scrypt" || !hash) {
    await derived(password, Buffer.alloc(16), COST);
    return false;
  }
  const expected = Buffer.from(hash, "base64url");
  const actual = await derived(password, Buffer.from(salt, "base64url"), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/**
 * @param {string} password
 * @param {Buffer} salt
 * @param {{ N: number, r: number, p: number }} cost
 * @returns {Promise<Buffer>}
 */
function derived(password, salt, cost) {
  return new Promise((resolve, reject) => {
    const options = { ...cost, maxmem: 256 * cost.N * cost.r };
    scrypt(password.normalize("NFKC"), salt, LENGTH, options, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}
