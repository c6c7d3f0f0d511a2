/** The suite of timers catches broken layers: for every law there is one that breaks it, and it only. */
import { Transaction } from "@eventfold/event-store"
import { type NewTimer, type Timer, Timers, TimersMemory } from "@eventfold/processes"
import { DateTime, Effect, Layer } from "effect"
import { TimersLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"
import { outside, underWay } from "./Faults.ts"

type Port = Timers["Service"]

interface BrokenTimers {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<Timers | Transaction>
}

const sound = Layer.fresh(Layer.merge(TimersMemory.layerMemory, Transaction.layerMemory))

/** A row: timers in memory, with what `wrong` puts in the place of some of their parts. */
const broken = (breaks: string, fault: string, wrong: (port: Port) => Partial<Port>): BrokenTimers => ({
  breaks,
  fault,
  layer: Layer.effect(
    Timers,
    Effect.map(Timers, (port) => ({ ...port, ...wrong(port) }))
  ).pipe(Layer.provideMerge(sound))
})

const isEarlier = (one: NewTimer, other: NewTimer) => one.dueAt.epochMilliseconds < other.dueAt.epochMilliseconds

const scheduling: ReadonlyArray<BrokenTimers> = [
  broken(
    "a timer that was started is listed as it is; started again it is put to the new time, also in the same call",
    "puts a timer off and never forward",
    (port) => ({
      schedule: Effect.fnUntraced(function* (timers) {
        const running = (yield* Effect.forEach(timers, ({ manager }) => port.list({ manager, limit: 1000 }))).flat()
        const isThere = (timer: NewTimer) =>
          running.some((one) => one.timer === timer.timer && one.process === timer.process && isEarlier(timer, one))
        yield* port.schedule(timers.filter((timer) => !isThere(timer)))
      })
    })
  ),
  broken(
    "timers are listed by due time, tenant, process and name, byte by byte, and page by page each once",
    "sorts names by UTF-16",
    (port) => ({
      list: (query) =>
        Effect.map(port.list(query), (found) =>
          found.toSorted(
            (a, b) =>
              a.dueAt.epochMilliseconds - b.dueAt.epochMilliseconds ||
              (a.tenant === b.tenant && a.process === b.process && a.timer < b.timer ? -1 : 0)
          )
        )
    })
  ),
  broken(
    "only what is asked for is listed: by tenant, process, purpose and due time",
    "lists what is due at the very time, too",
    (port) => ({
      list: (query) =>
        port.list(
          query.dueBefore === undefined
            ? query
            : { ...query, dueBefore: DateTime.addDuration(query.dueBefore, "1 milli") }
        )
    })
  ),
  broken(
    "a timer that is cancelled is gone, and who cancels is told how many there were",
    "tells how many were to be cancelled",
    (port) => ({ cancel: (timers) => Effect.as(port.cancel(timers), timers.length) })
  ),
  broken(
    "all timers of a process end together, whatever they are for, and no others",
    "does not look at the tenant",
    (port) => ({
      cancelAll: (process) =>
        Effect.map(
          Effect.all([port.cancelAll(process), port.cancelAll({ ...process, tenant: "other" })]),
          ([one]) => one
        )
    })
  ),
  broken("a transaction that fails starts and ends nothing", "cancels outside the transaction", (port) => ({
    cancelAll: (process) => outside(port.cancelAll(process))
  })),
  broken("a name that not every store keeps is refused, and nothing is started", "cuts names", (port) => ({
    schedule: (timers) => port.schedule(timers.map((timer) => ({ ...timer, timer: timer.timer.slice(0, 128) })))
  }))
]

const claiming: ReadonlyArray<BrokenTimers> = [
  broken(
    "what is due is claimed once, the earliest first, and nothing before its time",
    "claims a second too early",
    (port) => ({ claimDue: (claim) => port.claimDue({ ...claim, now: DateTime.addDuration(claim.now, "1 second") }) })
  ),
  broken("no more is claimed than asked for, and that is the earliest", "takes one more and drops it", (port) => ({
    claimDue: (claim) =>
      Effect.map(port.claimDue(claim.limit < 4 ? { ...claim, limit: claim.limit + 1 } : claim), (found) =>
        found.slice(0, claim.limit)
      )
  })),
  broken(
    "only what is asked for is claimed: of these process managers, for this purpose",
    "takes timers for watches",
    (port) => ({
      claimDue: (claim) =>
        Effect.map(Effect.all([port.claimDue(claim), port.claimDue({ ...claim, purpose: "watch" })]), (found) =>
          found.flat()
        )
    })
  ),
  broken("of many who claim at the same moment each timer goes to one", "gives it to all", (port) => {
    const during = underWay()
    const gone = new Map<string, ReadonlyArray<Timer>>()
    return {
      claimDue: (claim) =>
        during((others) =>
          Effect.map(port.claimDue(claim), (found) => {
            const manager = claim.managers[0] ?? ""
            const before = gone.get(manager) ?? []
            if (found.length > 0) gone.set(manager, found)
            return found.length === 0 && others ? before : found
          })
        )
    }
  }),
  broken("what was claimed in a transaction that fails is there again", "claims outside the transaction", (port) => ({
    claimDue: (claim) => outside(port.claimDue(claim))
  })),
  broken(
    "a timer that is put back keeps its due time, says why, and is tried at its new time",
    "makes the new time the due time",
    (port) => ({ defer: (timer, tryAt, error) => port.defer({ ...timer, dueAt: tryAt }, tryAt, error) })
  ),
  broken(
    "a timer that was started while another of its name was away is not put back over",
    "puts it back over",
    (port) => ({
      defer: (timer, tryAt, error) => Effect.andThen(port.cancel([timer]), port.defer(timer, tryAt, error))
    })
  ),
  broken(
    "the time of the next try is told, of these process managers and for this purpose",
    "tells the due time",
    (port) => ({
      next: ({ managers, purpose }) =>
        Effect.map(
          Effect.forEach(managers, (manager) => port.list({ manager, purpose, limit: 1 })),
          (found) => found.flat()[0]?.dueAt
        )
    })
  )
]

suite({ of: "timers", laws: TimersLaws.laws, rows: [...scheduling, ...claiming], sound })
