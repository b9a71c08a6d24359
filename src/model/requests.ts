/** Upper bounds, in seconds, by which requests are counted; a latency objective is one of them. */
export const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10] as const;
