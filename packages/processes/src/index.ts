/** Runners of sagas and process managers, and durable timers. */
export type { ProcessOptions, ProcessServices, ProcessStanding, StalledProcess } from "./ManagedProcess.ts"
export { ProcessManagerRunner, UnknownProcessManager } from "./ProcessManagerRunner.ts"
export { type MonitorOptions, ProcessMonitor } from "./ProcessMonitor.ts"
export type { SendingOptions } from "./ProcessSending.ts"
export type { TimerRunnerStatus } from "./TimerRunner.ts"
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
