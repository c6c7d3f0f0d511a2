/** The suite of dead letters catches broken layers: for every law there is one that breaks it, and it only. */
import { Transaction } from "@eventfold/event-store"
import { type DeadLetter, DeadLetters, layerMemory, type NewLetter } from "@eventfold/subscriptions"
import { Effect, Layer, Option } from "effect"
import { DeadLettersLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"
import { outside } from "./Faults.ts"

type Port = DeadLetters["Service"]

interface BrokenLetters {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<DeadLetters | Transaction>
}

const sound = Layer.fresh(Layer.merge(layerMemory, Transaction.layerMemory))

/** A row: dead letters in memory, with what `wrong` puts in the place of some of their parts. */
const broken = (breaks: string, fault: string, wrong: (port: Port) => Partial<Port>): BrokenLetters => ({
  breaks,
  fault,
  layer: Layer.effect(
    DeadLetters,
    Effect.map(DeadLetters, (port) => ({ ...port, ...wrong(port) }))
  ).pipe(Layer.provideMerge(sound))
})

/** A row in which letters are noted in another way when one is there already. */
const parks = (
  breaks: string,
  fault: string,
  wrong: (port: Port, letter: NewLetter, before: DeadLetter) => Effect.Effect<NewLetter, unknown>
) =>
  broken(breaks, fault, (port) => ({
    park: (letters) =>
      Effect.forEach(letters, (letter) =>
        Effect.flatMap(port.find(letter.consumer, letter.position), (before) =>
          Option.isNone(before) ? Effect.succeed(letter) : Effect.orDie(wrong(port, letter, before.value))
        )
      ).pipe(Effect.flatMap((all) => port.park(all)))
  }))

/** A row in which lists are changed. */
const lists = (
  breaks: string,
  fault: string,
  wrong: (port: Port, page: Parameters<Port["list"]>[0]) => ReturnType<Port["list"]>
) => broken(breaks, fault, (port) => ({ list: (page) => wrong(port, page) }))

const all = 1000

const noting: ReadonlyArray<BrokenLetters> = [
  broken(
    "a letter comes back as it was noted, and nothing comes back where none was",
    "knows one kind only",
    (port) => ({
      find: (...of) =>
        Effect.map(
          port.find(...of),
          Option.map(({ failure, ...letter }) => ({
            ...letter,
            failure: failure === undefined ? undefined : { ...failure, kind: "permanent" }
          }))
        )
    })
  ),
  lists("a letter that failed has been tried once, one that waits never", "counts waiting as trying", (port, page) =>
    Effect.map(port.list(page), (letters) =>
      letters.map((letter) => ({ ...letter, attempts: Math.max(1, letter.attempts) }))
    )
  ),
  parks(
    "a letter that fails again says why it failed last, and counts how often it was tried",
    "says why it failed first",
    (_, letter, { failure }) =>
      Effect.succeed(letter.failure === undefined ? letter : { ...letter, failure: failure ?? letter.failure })
  ),
  parks("noting an event again that waits changes nothing", "replaces the letter", (port, letter) =>
    letter.failure === undefined
      ? Effect.as(port.resolve(letter.consumer, [letter.position]), letter)
      : Effect.succeed(letter)
  ),
  broken(
    "a letter is discarded once: it says who did it and why, and stays so when it is noted again",
    "says each time that it was",
    (port) => ({
      discard: (consumer, position, by) =>
        Effect.flatMap(port.discard(consumer, position, by), (was) =>
          Effect.map(port.find(consumer, position), (found) => was || Option.isSome(found))
        )
    })
  ),
  broken(
    "letters that are resolved are gone, whether they failed, waited or were discarded, and the others stay",
    "keeps those that were discarded",
    (port) => ({
      resolve: (consumer, positions) =>
        Effect.filter(positions, (position) =>
          Effect.map(
            port.find(consumer, position),
            Option.exists(({ discarded }) => discarded === undefined)
          )
        ).pipe(Effect.flatMap((open) => port.resolve(consumer, open)))
    })
  ),
  broken(
    "when the letters of a consumer are removed, those of the others stay",
    "keeps those that were discarded",
    (port) => ({
      removeAll: (consumer) =>
        Effect.flatMap(port.list({ consumer, limit: all }), (letters) =>
          port.resolve(
            consumer,
            letters.map(({ position }) => position)
          )
        )
    })
  ),
  broken(
    "a transaction that fails changes no letter, and one that succeeds changes them all",
    "discards outside the transaction",
    (port) => ({ discard: (...of) => outside(port.discard(...of)) })
  )
]

const asking: ReadonlyArray<BrokenLetters> = [
  broken("a consumer has letters as long as one of them is not discarded", "counts those discarded", (port) => ({
    any: (consumer) => Effect.map(port.counts, (counts) => counts.some((count) => count.consumer === consumer))
  })),
  broken(
    "a partition is held by any letter that is not discarded, for its own consumer and in its own tenant only",
    "does not look at the tenant",
    (port) => ({
      heldOf: (consumer, partitions) =>
        Effect.map(port.heldOf(consumer, partitions), (held) =>
          Array.from(new Map(partitions.map((one) => [`${one.tenant} ${one.partition}`, one])).values()).filter((one) =>
            held.some(({ partition }) => partition === one.partition)
          )
        )
    })
  ),
  broken(
    "held partitions are listed by their first letter that is not discarded",
    "begins with the last one",
    (port) => ({ held: (consumer, limit) => Effect.map(port.held(consumer, limit), (held) => held.toReversed()) })
  ),
  broken(
    "the queue of a partition has its letters that are not discarded, in order, page by page",
    "repeats the last letter of the page before",
    (port) => ({
      queue: (consumer, partition, { after, limit }) => port.queue(consumer, partition, { after: after - 1, limit })
    })
  ),
  broken(
    "a reader is blocked by the first letter of its streams that is not discarded, up to where it wants to be",
    "leaves out the last position",
    (port) => ({ blocking: (consumer, streams, upTo) => port.blocking(consumer, streams, upTo - 1) })
  ),
  lists(
    "letters are listed by position, then by consumer; which ones can be kept to a consumer, a tenant and a partition",
    "sorts consumers by UTF-16",
    (port, page) =>
      Effect.map(port.list(page), (letters) =>
        letters.toSorted((a, b) => a.position - b.position || (a.consumer < b.consumer ? -1 : 1))
      )
  ),
  lists(
    "a list has the letters of one state, or all that are not discarded",
    "takes waiting for failing",
    (port, page) => {
      const { state, ...rest } = page
      return port.list(state === "waiting" ? rest : page)
    }
  ),
  lists(
    "pages of a list follow one another, with every letter once, also where positions are equal",
    "goes on at the next position",
    (port, page) =>
      port.list(page.after === undefined ? page : { ...page, after: { ...page.after, consumer: "\u{10ffff}" } })
  ),
  broken(
    "letters are counted per consumer and state; a consumer without letters is not counted",
    "counts those discarded as failed",
    (port) => ({
      counts: Effect.map(port.counts, (counts) =>
        counts.map((count) => ({ ...count, failed: count.failed + count.discarded }))
      )
    })
  )
]

suite({ of: "dead letters", laws: DeadLettersLaws.laws, rows: [...noting, ...asking], sound })
