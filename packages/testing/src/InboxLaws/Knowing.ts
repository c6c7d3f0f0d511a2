/** Laws of listing what is known of messages, and of forgetting it. */
import { Inbox, type InboxEntry, type InboxMessage } from "@eventfold/messaging"
import { DateTime, Effect } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import { at, timeAt } from "../MessageBrokerLaws/Scenario.ts"
import { done, fresh, list, message, once, told, work } from "./Scenario.ts"

/** Handles messages so many seconds after noon. */
const handle = (seconds: number, handler: string, ...messages: ReadonlyArray<InboxMessage>) =>
  Effect.forEach(messages, (one) => at(seconds)(once(handler, one, Effect.void)), { discard: true })

const fail = (seconds: number, handler: string, one: InboxMessage) =>
  Effect.ignore(at(seconds)(once(handler, one, Effect.fail("no"), { reasonOf: () => "no answer" })))

/** Seconds before noon of some day that are long ago for every other law. */
const longAgo = -20 * 365 * 86_400

const purge = (seconds: number, limit: number) =>
  Effect.flatMap(Inbox, (inbox) => inbox.purge(timeAt(longAgo + seconds), limit))

/** The laws of listing and forgetting. */
export const knowing = [
  make(
    "an entry tells the message, how it stands, since when, and why it failed",
    Effect.gen(function* () {
      const { handler, tenant } = yield* fresh
      const one = message(tenant, "m1")
      yield* Effect.ignore(at(10)(once(handler, one, Effect.fail("no"), { reasonOf: () => "no answer" })))
      const failed: InboxEntry = { ...one, handler, state: "failed", attempts: 1, at: timeAt(10), error: "no answer" }
      yield* expectEqual("when it has failed", yield* list(handler), [failed])
      yield* handle(20, handler, one)
      const processed: InboxEntry = { ...failed, state: "processed", attempts: 2, at: timeAt(20), error: undefined }
      yield* expectEqual("when it was handled", yield* list(handler), [processed])
      yield* handle(30, handler, one)
      yield* expectEqual("when it came again", yield* list(handler), [processed])
    })
  ),

  make(
    "entries are listed as they changed last, then by tenant, source and id, byte by byte, and page by page each once",
    Effect.gen(function* () {
      const { handler, tenant } = yield* fresh
      const sorted = [
        message(tenant, "z"),
        message(tenant, "m", { source: "/B" }),
        message(tenant, "a", { source: "/a" }),
        message(tenant, "a-1", { source: "/a" }),
        message(tenant, "\uffee", { source: "/a" }),
        message(tenant, "\u{1f600}", { source: "/a" }),
        message(`${tenant}x`, "B", { source: "/a" })
      ]
      const [first, ...others] = sorted
      yield* handle(1, handler, ...others.toReversed())
      if (first !== undefined) yield* handle(2, handler, first)
      const shown = (entries: ReadonlyArray<InboxMessage>) =>
        entries.map(({ id, source, tenant: of }) => `${of === tenant} ${source} ${id}`)
      yield* expectEqual("all of them", shown(yield* list(handler)), shown(sorted))
      const paged: Array<InboxEntry> = []
      let page = yield* list(handler, { limit: 2 })
      while (page.length > 0 && paged.length <= sorted.length) {
        paged.push(...page)
        page = yield* list(handler, { limit: 2, after: page.at(-1) })
      }
      yield* expectEqual("page by page", shown(paged), shown(sorted))
    })
  ),

  make(
    "only what is asked for is listed: by handler, tenant, state and id of the message",
    Effect.gen(function* () {
      const { handler, tenant } = yield* fresh
      const other = yield* fresh
      yield* handle(4, handler, message(tenant, "m1"))
      yield* fail(3, handler, message(tenant, "m2"))
      yield* fail(2, handler, message(other.tenant, "m1"))
      yield* handle(1, other.handler, message(tenant, "m1"))
      yield* expectEqual("of a handler", yield* told(handler), [
        "m1 processed 1",
        "m2 failed 1 no answer",
        "m1 failed 1 no answer"
      ])
      yield* expectEqual("of a tenant", yield* told(handler, { tenant }), ["m1 processed 1", "m2 failed 1 no answer"])
      yield* expectEqual("of a state", yield* told(handler, { state: "failed", tenant }), ["m2 failed 1 no answer"])
      yield* expectEqual("of an id", yield* told(handler, { messageId: "m2", state: "failed" }), [
        "m2 failed 1 no answer"
      ])
      const everywhere = yield* (yield* Inbox).list({ tenant, messageId: "m1", limit: 10 })
      yield* expectEqual(
        "of an id, of all handlers",
        everywhere.map((entry) => entry.handler),
        [handler, other.handler]
      )
    })
  ),

  make(
    "what has not changed since a time is forgotten, the oldest first, so many at a time; it may come again after that",
    Effect.gen(function* () {
      const { handler, tenant } = yield* fresh
      yield* purge(0, 10_000)
      for (const [place, id] of ["m1", "m2", "m3", "m4"].entries()) {
        yield* handle(longAgo + 10 * (place + 1), handler, message(tenant, id))
      }
      yield* fail(longAgo + 5, handler, message(tenant, "m5"))
      yield* handle(longAgo + 50, handler, message(tenant, "m5"))
      const ids = Effect.map(list(handler), (entries) => entries.map(({ id }) => id))
      yield* expectEqual("how many of three", yield* purge(40, 2), 2)
      yield* expectEqual("what is left", yield* ids, ["m5", "m4", "m3"])
      yield* expectEqual("how many of one", yield* purge(40, 2), 1)
      yield* expectEqual("what is left then", yield* ids, ["m5", "m4"])
      yield* expectEqual(
        "what was forgotten",
        yield* at(longAgo + 60)(once(handler, message(tenant, "m1"), Effect.void)),
        "handled"
      )
      yield* expectEqual(
        "what was not",
        yield* at(longAgo + 60)(once(handler, message(tenant, "m4"), Effect.void)),
        "duplicate"
      )
      yield* expectEqual("the rest", yield* purge(61, 100), 3)
    })
  ),

  make(
    "what a handler knows of a message can be forgotten, and it takes effect once more; nothing else is forgotten",
    Effect.gen(function* () {
      const { handler, stream, tenant } = yield* fresh
      const other = yield* fresh
      const inbox = yield* Inbox
      const [m1, m2] = [message(tenant, "m1"), message(tenant, "m2")]
      const others = [message(tenant, "m1", { source: "/b" }), message(other.tenant, "m1")]
      yield* handle(1, handler, m1, m2, ...others)
      yield* handle(1, other.handler, m1)
      yield* expectEqual("nothing", yield* inbox.forget(handler, []), 0)
      const unknown = message(tenant, "m9")
      yield* expectEqual("of how many", yield* inbox.forget(handler, [m1, unknown]), 1)
      for (const one of [m2, ...others]) {
        yield* expectEqual("what is left", yield* once(handler, one, work(stream)), "duplicate")
      }
      yield* expectEqual("of another handler", yield* once(other.handler, m1, work(stream)), "duplicate")
      yield* expectEqual("what was forgotten", yield* once(handler, m1, work(stream)), "handled")
      yield* expectEqual("when it comes again", yield* once(handler, m1, work(stream)), "duplicate")
      yield* expectEqual("how often it was done", yield* done(stream), 1)
      const many = Array.from({ length: 1001 }, () => unknown)
      const refused = yield* expectFailure("too many", inbox.forget(handler, many))
      yield* expectEqual("what is refused", refused._tag, "InboxRequestRefused")
    })
  ),

  make(
    "no more is listed or forgotten at a time than is allowed to be asked for",
    Effect.gen(function* () {
      const inbox = yield* Inbox
      for (const limit of [0, 1001]) {
        const refused = yield* expectFailure(`listing ${limit}`, inbox.list({ limit }))
        yield* expectEqual("what is refused", refused._tag, "InboxRequestRefused")
      }
      for (const limit of [0, 10_001]) {
        const refused = yield* expectFailure(`forgetting ${limit}`, inbox.purge(DateTime.makeUnsafe(0), limit))
        yield* expectEqual("what is refused", refused._tag, "InboxRequestRefused")
      }
    })
  )
]
