/** The suite of the repairs of events catches broken ones: for every law there are repairs that break it, and it only. */
import { EventRepairs, layerMemory, type NewRepair, Transaction } from "@eventfold/event-store"
import { Context, DateTime, Effect, Exit, Layer, Option } from "effect"
import { EventRepairsLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Repairs = EventRepairs["Service"]
type Run = Transaction["Service"]["run"]

interface Broken {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<EventRepairs | Transaction>
}

/** A row: the repairs in memory, with what `wrong` puts in the place of some of their parts. */
const broken = (
  breaks: string,
  fault: string,
  wrong: (repairs: Repairs, run: Run) => Partial<Repairs> & { readonly run?: Run }
): Broken => ({
  breaks,
  fault,
  layer: Layer.effectContext(
    Effect.gen(function* () {
      const [repairs, transaction] = [yield* EventRepairs, yield* Transaction]
      const sound: Run = (effect) => transaction.run(effect)
      const { run = sound, ...changed } = wrong(repairs, sound)
      return Context.make(EventRepairs, { ...repairs, ...changed }).pipe(Context.add(Transaction, { run }))
    })
  ).pipe(Layer.provide(Layer.fresh(layerMemory)))
})

/** A row whose repairs are kept when their transaction ends in one way. */
const keeps = (breaks: string, fault: string, kind: "Fail" | "Die" | "Interrupt"): Broken =>
  broken(breaks, fault, (repairs, run) => {
    const added: Array<NewRepair> = []
    const keep = Effect.suspend(() => Effect.forEach(added.splice(0), (repair) => repairs.add(repair)))
    return {
      add: (repair) => Effect.tap(repairs.add(repair), () => Effect.sync(() => added.push(repair))),
      run: (effect) =>
        Effect.flatMap(Effect.serviceOption(Effect.Transaction), (outer) =>
          Effect.onExit(run(effect), (exit) => {
            if (Option.isSome(outer)) return Effect.void
            return Exit.isFailure(exit) && exit.cause.reasons.some((reason) => reason._tag === kind)
              ? Effect.ignore(keep)
              : Effect.sync(() => added.splice(0))
          })
        )
    }
  })

const rows: ReadonlyArray<Broken> = [
  broken("a repair is found by its position as it was made, whatever its JSON", "keeps no large data", (repairs) => ({
    add: (repair) => repairs.add(JSON.stringify(repair.data).length > 50_000 ? { ...repair, data: {} } : repair)
  })),
  broken(
    "positions without a repair are not among those found, and each repair stands at its own",
    "finds one at a time",
    (repairs) => ({ find: (positions) => repairs.find(positions.slice(-2)) })
  ),
  broken(
    "of several repairs of one event the last one counts, and all are kept in their order",
    "keeps the first",
    (repairs) => ({
      find: Effect.fnUntraced(function* (positions) {
        const found = new Map(yield* repairs.find(positions))
        for (const position of found.keys()) {
          const [first] = yield* repairs.history({ position })
          if (first !== undefined) found.set(position, first)
        }
        return found
      })
    })
  ),
  broken(
    "the history lists repairs in the order in which they were made, from a number on and so many at a time",
    "counts the number itself in",
    (repairs) => ({
      history: (options = {}) =>
        repairs.history(options.after === undefined ? options : { ...options, after: options.after - 1 })
    })
  ),
  broken("a repair carries the time when it was made", "keeps the day only", (repairs) => ({
    history: (options) =>
      Effect.map(repairs.history(options), (found) =>
        found.map((repair) => ({ ...repair, repairedAt: DateTime.startOf(repair.repairedAt, "day") }))
      )
  })),
  broken(
    "a repair that no store could keep is refused, naming the field, and is not stored",
    "asks for no reason",
    (repairs) => ({
      add: (repair) => repairs.add(repair.reason === "" ? { ...repair, reason: "none" } : repair)
    })
  ),
  keeps("a transaction that fails leaves no repair behind", "keeps it after a failure", "Fail"),
  keeps("a transaction that dies of a defect leaves no repair behind", "keeps it after a defect", "Die"),
  keeps("a transaction that is interrupted leaves no repair behind", "keeps it after an interruption", "Interrupt")
]

suite({ of: "the repairs of events", laws: EventRepairsLaws.laws, rows, sound: Layer.fresh(layerMemory) })
