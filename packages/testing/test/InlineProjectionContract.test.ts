/** The laws of inline projections catch broken ports: for every law there is one that breaks it. */
import {
  AppendParticipants,
  type AppendWork,
  layerMemory as eventStore,
  type ServingGeneration,
  type StoredNow,
  Transaction
} from "@eventfold/event-store"
import { DeadLetters, layerMemory, ReadModelStore } from "@eventfold/subscriptions"
import { Context, Effect, Layer } from "effect"
import { InlineProjectionLaws } from "../src/index.ts"
import { type BrokenRow, suite } from "./BrokenTable.ts"

type Services = InlineProjectionLaws.Services

const sound = Layer.fresh(Layer.merge(layerMemory, eventStore))

const rows = (wrong: (store: ReadModelStore["Service"]) => Partial<ReadModelStore["Service"]>): Layer.Layer<Services> =>
  Layer.effect(
    ReadModelStore,
    Effect.map(ReadModelStore, (store) => ({ ...store, ...wrong(store) }))
  ).pipe(Layer.provideMerge(sound))

const letters = (wrong: (letters: DeadLetters["Service"]) => Partial<DeadLetters["Service"]>): Layer.Layer<Services> =>
  Layer.effect(
    DeadLetters,
    Effect.map(DeadLetters, (known) => ({ ...known, ...wrong(known) }))
  ).pipe(Layer.provideMerge(sound))

/** Participants whose work is done in another way. */
const work = (other: (work: Effect.Effect<void>) => Effect.Effect<void>): Layer.Layer<Services> =>
  told((sound, now) => other(Effect.orDie(sound(now))))

/** Participants that are told something else. */
const told = (other: (work: AppendWork, now: StoredNow) => ReturnType<AppendWork>): Layer.Layer<Services> =>
  Layer.effect(
    AppendParticipants,
    Effect.map(AppendParticipants, (known): AppendParticipants["Service"] => ({
      ...known,
      register: (one) =>
        known.register({
          ...one,
          begin: Effect.map(one.begin, (sound) => (now) => other(sound, now))
        })
    }))
  ).pipe(Layer.provideMerge(sound))

const outside = (effect: Effect.Effect<void>) =>
  Effect.updateContext(effect, (context: Context.Context<never>) => Context.omit(Effect.Transaction)(context))

const table: ReadonlyArray<BrokenRow<Services>> = [
  {
    breaks: "rows and events become visible together: no reader finds one without the other",
    fault: "writes the rows when the events are committed",
    layer: work((done) => Transaction.afterCommit(Effect.andThen(Effect.yieldNow, done)))
  },
  {
    breaks: "an append that is refused or rolled back leaves the rows as they were",
    fault: "writes the rows outside the transaction",
    layer: work(outside)
  },
  {
    breaks: "an append that is repeated is not folded again, and several at once are folded like one after another",
    fault: "folds twice",
    layer: work((done) => Effect.andThen(done, done))
  },
  {
    breaks: "appends of many callers all count, and every row is the fold of its stream in the order of its versions",
    fault: "loads no rows",
    layer: rows(() => ({ load: () => Effect.succeed(new Map()) }))
  },
  {
    breaks: "of streams that many callers begin at once, those that were there already keep their rows",
    fault: "folds twice",
    layer: work((done) => Effect.andThen(done, done))
  },
  {
    breaks: "a projection is given where and when its events were stored",
    fault: "tells of the position before",
    layer: told((sound, { careful, events }) =>
      sound({ careful, events: events.map((event) => ({ ...event, position: event.position - 1 })) })
    )
  },
  {
    breaks:
      "what cannot be folded becomes a letter with all that follows in its stream; the appends succeed, and other streams go on",
    fault: "does not know which partitions are held",
    layer: letters(() => ({ heldOf: () => Effect.succeed([]) }))
  },
  {
    breaks: "where rows are only counted up, the failing event alone becomes a letter",
    fault: "keeps the first letter of a stream only",
    layer: letters((known) => {
      const streams = new Set<string>()
      return {
        park: (all) => {
          const first = all.filter(({ failure, stream }) => failure === undefined || !streams.has(stream.id))
          for (const { stream } of first) streams.add(stream.id)
          return known.park(first)
        }
      }
    })
  },
  {
    breaks: "what the store refuses becomes a letter too, and spares the appends beside it",
    fault: "passes over counters that are too large",
    layer: rows((store) => ({
      apply: (...of) => Effect.catchTag(store.apply(...of), "CountTooLarge", () => Effect.void)
    }))
  },
  {
    breaks: "nothing is written while there is no generation that is read, and then the one that is",
    fault: "writes those that are being built as well",
    layer: rows((store) => ({
      servingForAppend: (projections) =>
        Effect.map(store.generations(), (all) => all.filter(({ projection }) => projections.includes(projection)))
    }))
  },
  {
    breaks: "events that a program cannot fold, because the rows are of another version of it, become letters",
    fault: "does not tell of generations of other versions",
    layer: rows((store) => ({
      servingForAppend: (projections) =>
        Effect.map(store.servingForAppend(projections), (all) =>
          all.filter(({ fingerprint }) => fingerprint !== "another version")
        )
    }))
  },
  {
    breaks: "who folds the log up to the fence and serves what it made misses no append and counts none twice",
    fault: "remembers which generations are read",
    layer: rows((store) => {
      const known = new Map<string, ReadonlyArray<ServingGeneration>>()
      return {
        servingForAppend: (projections) =>
          Effect.map(store.servingForAppend(projections), (all) => {
            const first = known.get(projections.join()) ?? all
            known.set(projections.join(), first)
            return first
          })
      }
    })
  }
]

suite({ of: "inline projections", laws: InlineProjectionLaws.laws, rows: table, sound, only: false })
