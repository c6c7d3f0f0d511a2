/** Runners of sagas and process managers, and durable timers. */
export type { ProcessOptions, ProcessServices, ProcessStanding, StalledProcess } from "./ManagedProcess.ts"
export * as ProcessRows from "./ProcessRows.ts"
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
export { BreakerOpen, Breakers, type BreakerOptions, type BreakerState } from "./Breakers.ts"
export { CommandNotSent, CommandSender } from "./CommandSender.ts"
export * as SagaRows from "./SagaRows.ts"
export { type OnBehalf, SagaRunner, type SagaRunnerOptions, type SagaStatistics, type Starting } from "./SagaRunner.ts"
export type { SagaFailure, SagaRef } from "./SagaStreams.ts"
export * as SagaTenants from "./SagaTenants.ts"
export type { SagaView, StepView, WorkView } from "./SagaView.ts"
