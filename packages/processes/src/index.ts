/** Runners of sagas and process managers, and durable timers. */
export {
  type Claim,
  type NewTimer,
  type ProcessKey,
  type Purpose,
  type Timer,
  type TimerKey,
  type TimerQuery,
  Timers
} from "./Timers.ts"
export * as TimersMemory from "./TimersMemory.ts"
