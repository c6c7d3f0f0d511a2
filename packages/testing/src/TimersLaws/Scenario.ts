/** What the laws of timers make up: every law has process managers of its own, so that all run on one store. */
import { Transaction } from "@eventfold/event-store"
import { type NewTimer, type Timer, type TimerQuery, Timers } from "@eventfold/processes"
import { DateTime, Effect } from "effect"
import * as Names from "../EventStoreLaws/Scenario.ts"

/** A number of seconds after noon of some day. */
export const at = (seconds: number): DateTime.Utc =>
  DateTime.addDuration(DateTime.makeUnsafe("2026-01-15T12:00:00Z"), `${seconds} seconds`)

/** A process manager that no other law has. */
export const manager = Effect.map(Names.hex(12), (hex) => `law-${hex}`)

/** A timer of a process manager: its name, and when it is due, in seconds after noon. */
export const timer = (manager: string, name: string, seconds: number, other: Partial<NewTimer> = {}): NewTimer => ({
  tenant: "acme",
  manager,
  process: "p1",
  purpose: "timer",
  timer: name,
  dueAt: at(seconds),
  ...other
})

/** Starts timers. */
export const schedule = (...timers: ReadonlyArray<NewTimer>) => Effect.flatMap(Timers, (port) => port.schedule(timers))

/** The timers of a process manager. */
export const list = (manager: string, query: Partial<TimerQuery> = {}) =>
  Effect.flatMap(Timers, (port) => port.list({ manager, limit: 1000, ...query }))

/** Takes the timers of a process manager that are due so many seconds after noon. */
export const claim = (manager: string, seconds: number, limit: number = 100) =>
  Effect.flatMap(Timers, (port) => port.claimDue({ purpose: "timer", managers: [manager], now: at(seconds), limit }))

/** The names of timers, in their order. */
export const names = (timers: ReadonlyArray<Timer>): ReadonlyArray<string> => timers.map(({ timer }) => timer)

/** Runs in a transaction. */
export const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))
