/** What travels inside the events of a training run: one valibot schema for each payload, its type derived from it. */
export * from './labels';
export * from './looks';
export * from './run';
export * from './scores';
