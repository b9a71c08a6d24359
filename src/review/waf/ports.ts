/** Ports on a web host's loopback address while the tests of a rule set run. */
export const wafTestPorts = { site: 18_081, marker: 18_082 } as const;
