/** The suite of the inbox catches broken layers: for every law there is one that breaks it, and it only. */
import { type EventStore, layerMemory as storeInMemory, Transaction } from "@eventfold/event-store"
import { compareText } from "@eventfold/decider/RowValue"
import { Inbox, type InboxDriver, InboxMemory } from "@eventfold/messaging"
import { DateTime, Effect, Layer } from "effect"
import { InboxLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"
import { outside, underWay } from "./Faults.ts"

type Ports = EventStore | Inbox | Transaction

interface BrokenInbox {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<Ports>
}

const sound = Layer.fresh(Layer.provideMerge(InboxMemory.layerMemory, storeInMemory))

const over = (inbox: Effect.Effect<Inbox["Service"], never, Transaction>): Layer.Layer<Ports> =>
  Layer.fresh(Layer.provideMerge(Layer.effect(Inbox, inbox), storeInMemory))

/** A row: an inbox in memory, with what `wrong` puts in the place of some parts of its store. */
const broken = (breaks: string, fault: string, wrong: (driver: InboxDriver) => Partial<InboxDriver>): BrokenInbox => ({
  breaks,
  fault,
  layer: over(
    Effect.gen(function* () {
      const driver = yield* InboxMemory.driver
      return Inbox.make({ ...driver, ...wrong(driver) }, yield* Transaction)
    })
  )
})

/** The same, with what comes in the place of parts of the port. */
const brokenPort = (
  breaks: string,
  fault: string,
  wrong: (port: Inbox["Service"]) => Partial<Inbox["Service"]>
): BrokenInbox => ({
  breaks,
  fault,
  layer: over(
    Effect.gen(function* () {
      const port = Inbox.make(yield* InboxMemory.driver, yield* Transaction)
      return { ...port, ...wrong(port) }
    })
  )
})

const blurred = (source: string) => source.replace("payments", "ordering")

const handling: ReadonlyArray<BrokenInbox> = [
  brokenPort(
    "a message is handled once by a handler, and when it comes again it is a duplicate",
    "handles it again inside a transaction",
    (port) => ({
      once: (handler, message, effect, options) =>
        Effect.flatMap(Effect.serviceOption(Effect.Transaction), (open) =>
          open._tag === "Some" && message.id === "m1"
            ? Effect.andThen(port.once(handler, message, effect, options), Effect.as(effect, "handled" as const))
            : port.once(handler, message, effect, options)
        )
    })
  ),
  broken(
    "each handler handles a message by itself, and one of another tenant, source or id is another message",
    "does not look at the source",
    (driver) => ({
      begin: (handler, message, now) => driver.begin(handler, { ...message, source: blurred(message.source) }, now),
      mark: (handler, message, now) => driver.mark(handler, { ...message, source: blurred(message.source) }, now)
    })
  ),
  broken(
    "what fails is taken back and noted with its reason, and the message is handled when it comes again",
    "takes a failure for the end",
    (driver) => {
      const failed = new Set<string>()
      return {
        fail: (handler, message, now, error) => {
          if (error.startsWith("because")) failed.add(handler)
          return driver.fail(handler, message, now, error)
        },
        begin: (handler, message, now) =>
          Effect.map(driver.begin(handler, message, now), (before) => before || failed.has(handler))
      }
    }
  ),
  broken(
    "a defect is noted by its name, and the reason of a failure as plain text that is not long",
    "keeps less of it",
    (driver) => ({
      fail: (handler, message, now, error) => driver.fail(handler, message, now, error.slice(0, 400))
    })
  ),
  broken(
    "who dies in between leaves nothing but an entry that says so, and the message is handled when it comes again",
    "tells nothing of who has begun",
    (driver) => ({
      list: (query) =>
        Effect.map(driver.list(query), (entries) => entries.filter(({ state }) => state !== "processing"))
    })
  ),
  broken(
    "of many who handle a message at the same moment one does, and the others are told that it is a duplicate",
    "looks before it marks",
    (driver) => {
      const during = underWay()
      return {
        mark: (handler, message, now) =>
          during((others) => Effect.map(driver.mark(handler, message, now), (marked) => marked || others))
      }
    }
  ),
  broken("a mark whose transaction is taken back is none", "marks outside a transaction around it", (driver) => {
    const nested = new Set<string>()
    return {
      begin: (handler, message, now) =>
        Effect.flatMap(Effect.serviceOption(Effect.Transaction), (open) => {
          if (open._tag === "Some") nested.add(handler)
          return driver.begin(handler, message, now)
        }),
      mark: (handler, message, now) => {
        const mark = driver.mark(handler, message, now)
        return nested.has(handler) ? outside(mark) : mark
      }
    }
  }),
  brokenPort("a name that no store keeps is refused, and nothing is done", "takes every name", (port) => ({
    once: (handler, message, effect, options) =>
      port.once(handler, { ...message, type: message.type === "" ? "none" : message.type }, effect, options)
  }))
]

const knowing: ReadonlyArray<BrokenInbox> = [
  broken(
    "an entry tells the message, how it stands, since when, and why it failed",
    "counts duplicates as changes",
    (driver) => {
      const last = new Map<string, number>()
      return {
        begin: (handler, message, now) => {
          last.set(handler, now)
          return driver.begin(handler, message, now)
        },
        list: (query) =>
          Effect.map(driver.list(query), (entries) =>
            query.limit === 1000
              ? entries.map((entry) => ({ ...entry, at: DateTime.makeUnsafe(last.get(entry.handler) ?? 0) }))
              : entries
          )
      }
    }
  ),
  broken(
    "entries are listed as they changed last, then by tenant, source and id, byte by byte, and page by page each once",
    "sorts ids by UTF-16",
    (driver) => ({
      list: (query) =>
        Effect.map(driver.list(query), (entries) =>
          entries.toSorted(
            (a, b) =>
              b.at.epochMilliseconds - a.at.epochMilliseconds ||
              compareText(a.handler, b.handler) ||
              compareText(a.tenant, b.tenant) ||
              compareText(a.source, b.source) ||
              (a.id < b.id ? -1 : 1)
          )
        )
    })
  ),
  broken(
    "only what is asked for is listed: by handler, tenant, state and id of the message",
    "does not look at the id",
    (driver) => ({
      list: (query) => driver.list(query.state === undefined ? query : { ...query, messageId: undefined })
    })
  ),
  broken(
    "what has not changed since a time is forgotten, the oldest first, so many at a time; it may come again after that",
    "forgets all at once",
    (driver) => ({ purge: (before) => driver.purge(before, 10_000) })
  ),
  broken(
    "what a handler knows of a message can be forgotten, and it takes effect once more; nothing else is forgotten",
    "does not look at the source",
    (driver) => ({
      forget: (handler, messages) =>
        Effect.map(
          Effect.forEach(messages, (one) =>
            Effect.flatMap(driver.list({ handler, tenant: one.tenant, messageId: one.id, limit: 1000 }), (found) =>
              driver.forget(handler, found)
            )
          ),
          () => 1
        )
    })
  ),
  brokenPort("no more is listed or forgotten at a time than is allowed to be asked for", "lists all", (port) => ({
    list: (query) => port.list({ ...query, limit: Math.min(query.limit, 1000) })
  }))
]

suite({ of: "the inbox", laws: InboxLaws.laws, rows: [...handling, ...knowing], sound })
