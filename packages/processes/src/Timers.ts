/**
 * The port to durable timers: rows that say what is to happen to which process when, taken once by whoever is awake.
 *
 * Guarantees of every layer (`TimersContract` in `@eventfold/testing` holds them to it): a timer is known by its process
 * and its name, so scheduling it again puts it to another time; `claimDue` takes what is due, the earliest first, and of
 * several who claim at the same moment each timer goes to one; all of it joins an open `Transaction`, so that a timer that
 * was claimed is there again when what it led to is not stored.
 *
 * Gotchas: the time is whatever the caller says, so all layers go by Effect's clock. A timer that was claimed is gone: who
 * could not do what it stands for puts it back with `defer`.
 */
import { EventStoreFailure } from "@eventfold/event-store"
import { isPlainText } from "@eventfold/event-store/PlainText"
import { Context, type DateTime, Effect } from "effect"

/** A process, across process managers and tenants. */
export interface ProcessKey {
  readonly tenant: string
  /** The name of its process manager. */
  readonly manager: string
  readonly process: string
}

/**
 * What a timer is for: `timer` was started by the process itself, and `watch` finds out that nothing comes to the process
 * any more. Each purpose has names of its own.
 */
export type Purpose = "timer" | "watch"

/** A timer of a process. */
export interface TimerKey extends ProcessKey {
  readonly purpose: Purpose
  /** 1 to 128 characters without control characters. */
  readonly timer: string
}

/** A timer and its time. */
export interface NewTimer extends TimerKey {
  readonly dueAt: DateTime.Utc
}

/** A timer that runs. */
export interface Timer extends NewTimer {
  /** When it is to be claimed: `dueAt`, or later when it was put back. */
  readonly tryAt: DateTime.Utc
  /** How often it was put back. */
  readonly attempts: number
  /** Why it was put back last. */
  readonly error: string | undefined
}

/** Which timers to list. */
export interface TimerQuery {
  readonly tenant?: string | undefined
  readonly manager?: string | undefined
  readonly process?: string | undefined
  /** Default: those processes have started themselves. */
  readonly purpose?: Purpose | undefined
  /** Due before this time only. */
  readonly dueBefore?: DateTime.Utc | undefined
  /** Those behind this one in the order of the list: where a page goes on. */
  readonly after?: NewTimer | undefined
  /** 1 to 1,000. */
  readonly limit: number
}

/** Which timers to claim. */
export interface Claim {
  readonly purpose: Purpose
  /** Of these process managers. */
  readonly managers: ReadonlyArray<string>
  /** Those that are to be tried until then. */
  readonly now: DateTime.Utc
  /** The most to take: 1 to 1,000. */
  readonly limit: number
}

/** Durable timers. */
export class Timers extends Context.Service<
  Timers,
  {
    /** Starts timers. One that runs is put to its new time. */
    schedule(timers: ReadonlyArray<NewTimer>): Effect.Effect<void, EventStoreFailure>
    /** Ends timers; answers how many of them ran. */
    cancel(timers: ReadonlyArray<TimerKey>): Effect.Effect<number, EventStoreFailure>
    /** Ends all timers of a process, whatever they are for; answers how many ran. */
    cancelAll(process: ProcessKey): Effect.Effect<number, EventStoreFailure>
    /** The timers that run, by due time, then tenant, manager, process and name. */
    list(query: TimerQuery): Effect.Effect<ReadonlyArray<Timer>, EventStoreFailure>
    /** Takes timers that are due, the earliest first. What another open transaction has taken is passed over. */
    claimDue(claim: Claim): Effect.Effect<ReadonlyArray<Timer>, EventStoreFailure>
    /** Puts a timer that was claimed back: it is tried again then. Nothing when one of its name was started meanwhile. */
    defer(timer: Timer, tryAt: DateTime.Utc, error: string): Effect.Effect<void, EventStoreFailure>
    /** When the next timer of these process managers is to be tried; `undefined` when none runs. */
    next(claim: Pick<Claim, "purpose" | "managers">): Effect.Effect<DateTime.Utc | undefined, EventStoreFailure>
  }
>()("@eventfold/processes/Timers") {
  /** Builds the service from what a layer implements: names are checked and errors cut once for all. */
  static make(driver: Timers["Service"]): Timers["Service"] {
    return {
      ...driver,
      schedule: (timers) => {
        const wrong = timers.find(({ timer }) => timer.length < 1 || timer.length > 128 || !isPlainText(timer))
        if (wrong === undefined) return timers.length === 0 ? Effect.void : driver.schedule(lastOfEach(timers))
        const detail = `a timer must have a name of 1 to 128 characters without control characters`
        return Effect.fail(
          new EventStoreFailure({ operation: "Timers.schedule", retryable: false, detail, cause: wrong })
        )
      },
      cancel: (timers) => (timers.length === 0 ? Effect.succeed(0) : driver.cancel(timers)),
      claimDue: (claim) => (claim.managers.length === 0 ? Effect.succeed([]) : driver.claimDue(claim)),
      defer: (timer, tryAt, error) => driver.defer(timer, tryAt, plain(error))
    }
  }
}

/** One text per timer. */
export const nameOf = ({ manager, process, purpose, tenant, timer }: TimerKey): string =>
  JSON.stringify([tenant, manager, process, purpose, timer])

const lastOfEach = (timers: ReadonlyArray<NewTimer>): ReadonlyArray<NewTimer> =>
  Array.from(new Map(timers.map((timer) => [nameOf(timer), timer])).values())

/** A few hundred characters that every store keeps as they are. */
const plain = (error: string): string =>
  Array.from(error.toWellFormed().slice(0, 500), (character) => (isPlainText(character) ? character : " ")).join("")
