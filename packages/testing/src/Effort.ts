/**
 * How much more than usual the tests do: the environment variable `EVENTFOLD_EFFORT`, a whole number from 1, which is its
 * default. Tests that repeat something multiply their repetitions by it; `npm run test:long` sets it.
 */
const given = Number(globalThis.process?.env["EVENTFOLD_EFFORT"] ?? 1)

/** The factor, 1 unless `EVENTFOLD_EFFORT` says otherwise. */
export const effort: number = Number.isInteger(given) && given >= 1 ? given : 1
