/** Something the visitor can understand and change. The message is shown as it is. */
export class Refusal extends Error {
  /** @param {number} status HTTP status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}
