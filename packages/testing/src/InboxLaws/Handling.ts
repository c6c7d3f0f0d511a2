/** Laws of handling a message once. */
import { Deferred, Effect, Fiber } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import { done, fresh, list, message, once, run, told, work } from "./Scenario.ts"

/** The laws of handling. */
export const handling = [
  make(
    "a message is handled once by a handler, and when it comes again it is a duplicate",
    Effect.gen(function* () {
      const { handler, stream, tenant } = yield* fresh
      yield* expectEqual("the first time", yield* once(handler, message(tenant, "m1"), work(stream)), "handled")
      yield* expectEqual("again", yield* once(handler, message(tenant, "m1"), work(stream)), "duplicate")
      yield* expectEqual(
        "in a transaction",
        yield* run(once(handler, message(tenant, "m1"), work(stream))),
        "duplicate"
      )
      yield* expectEqual("how often it was done", yield* done(stream), 1)
      yield* expectEqual("what is known", yield* told(handler), ["m1 processed 1"])
    })
  ),

  make(
    "each handler handles a message by itself, and one of another tenant, source or id is another message",
    Effect.gen(function* () {
      const { handler, stream, tenant } = yield* fresh
      const other = yield* fresh
      const all = [
        message(tenant, "m1"),
        message(tenant, "M1"),
        message(tenant, "m1", { source: "/contexts/payments" }),
        message(other.tenant, "m1")
      ]
      for (const one of all) yield* expectEqual("each", yield* once(handler, one, work(stream)), "handled")
      yield* expectEqual(
        "by another handler",
        yield* once(other.handler, message(tenant, "m1"), work(stream)),
        "handled"
      )
      yield* expectEqual("how often it was done", yield* done(stream), 5)
    })
  ),

  make(
    "what fails is taken back and noted with its reason, and the message is handled when it comes again",
    Effect.gen(function* () {
      const { handler, stream, tenant } = yield* fresh
      const failing = Effect.andThen(work(stream), Effect.fail("no stock" as const))
      const failure = yield* expectFailure(
        "the work",
        once(handler, message(tenant, "m1"), failing, { reasonOf: (error) => `because of ${String(error)}` })
      )
      yield* expectEqual("what it fails with", failure, "no stock")
      yield* expectEqual("how often it was done", yield* done(stream), 0)
      yield* expectEqual("what is known", yield* told(handler), ["m1 failed 1 because of no stock"])
      yield* expectEqual("when it comes again", yield* once(handler, message(tenant, "m1"), work(stream)), "handled")
      yield* expectEqual("how often it was done then", yield* done(stream), 1)
      yield* expectEqual("what is known then", yield* told(handler), ["m1 processed 2"])
    })
  ),

  make(
    "a defect is noted by its name, and the reason of a failure as plain text that is not long",
    Effect.gen(function* () {
      const { handler, tenant } = yield* fresh
      const dying = Effect.exit(once(handler, message(tenant, "m1"), Effect.die(new TypeError("of Ada"))))
      yield* expectEqual("whether it succeeds", (yield* dying)._tag, "Failure")
      yield* expectEqual("what is known", yield* told(handler), ["m1 failed 1 a defect: TypeError"])
      const long = `a\u0000b${"x".repeat(1000)}`
      yield* Effect.flip(once(handler, message(tenant, "m2"), Effect.fail(long), { reasonOf: (error) => error }))
      const [entry] = yield* list(handler, { messageId: "m2" })
      yield* expectEqual("what is kept", entry?.error, `a b${"x".repeat(497)}`)
    })
  ),

  make(
    "who dies in between leaves nothing but an entry that says so, and the message is handled when it comes again",
    Effect.gen(function* () {
      const { handler, stream, tenant } = yield* fresh
      const begun = yield* Deferred.make<void>()
      const dying = work(stream).pipe(Effect.andThen(Deferred.succeed(begun, undefined)), Effect.andThen(Effect.never))
      const fiber = yield* Effect.forkChild(once(handler, message(tenant, "m1"), dying))
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      yield* expectEqual("how often it was done", yield* done(stream), 0)
      yield* expectEqual("what is known", yield* told(handler), ["m1 processing 1"])
      yield* expectEqual("when it comes again", yield* once(handler, message(tenant, "m1"), work(stream)), "handled")
      yield* expectEqual("how often it was done then", yield* done(stream), 1)
      yield* expectEqual("what is known then", yield* told(handler), ["m1 processed 2"])
    })
  ),

  make(
    "of many who handle a message at the same moment one does, and the others are told that it is a duplicate",
    Effect.gen(function* () {
      const { handler, stream, tenant } = yield* fresh
      for (const id of ["m1", "m2", "m3"]) {
        const all = Array.from({ length: 8 }, () => once(handler, message(tenant, id), work(stream)))
        const outcomes = yield* Effect.all(all, { concurrency: "unbounded" })
        yield* expectEqual("how many did it", outcomes.filter((outcome) => outcome === "handled").length, 1)
      }
      yield* expectEqual("how often it was done", yield* done(stream), 3)
    })
  ),

  make(
    "a mark whose transaction is taken back is none",
    Effect.gen(function* () {
      const { handler, stream, tenant } = yield* fresh
      const outer = Effect.gen(function* () {
        yield* expectEqual("inside", yield* once(handler, message(tenant, "m1"), work(stream)), "handled")
        return yield* Effect.fail("no" as const)
      })
      yield* expectEqual("how it ends", yield* expectFailure("the outer work", run(outer)), "no")
      yield* expectEqual("how often it was done", yield* done(stream), 0)
      yield* expectEqual("afterwards", yield* once(handler, message(tenant, "m1"), work(stream)), "handled")
      yield* expectEqual("how often it was done then", yield* done(stream), 1)
    })
  ),

  make(
    "a name that no store keeps is refused, and nothing is done",
    Effect.gen(function* () {
      const { handler, stream, tenant } = yield* fresh
      const wrong = [
        ["id", message(tenant, "a\u0000b")],
        ["id", message(tenant, "")],
        ["id", message(tenant, "x".repeat(257))],
        ["tenant", message("", "m1")],
        ["source", message(tenant, "m1", { source: "\ud800" })],
        ["type", message(tenant, "m1", { type: "" })]
      ] as const
      for (const [field, one] of wrong) {
        const refused = yield* expectFailure(`a wrong ${field}`, once(handler, one, work(stream)))
        yield* expectEqual(
          "what is named",
          refused._tag === "InboxRequestRefused" ? refused.field : refused._tag,
          field
        )
      }
      yield* expectEqual("how often it was done", yield* done(stream), 0)
      yield* expectEqual("the longest", yield* once(handler, message(tenant, "x".repeat(256)), work(stream)), "handled")
    })
  )
]
