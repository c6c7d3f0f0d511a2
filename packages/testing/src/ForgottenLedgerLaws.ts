/**
 * The laws of the ledger of the forgotten as values. No test framework is needed to run them; `ForgottenLedgerContract`
 * registers them with vitest.
 */
import { ForgottenLedger, type ForgottenSubject } from "@eventfold/event-store"
import { DateTime, Effect, Stream } from "effect"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expectEqual, type Law, make } from "./Law.ts"

const fresh = Effect.fnUntraced(function* (parts: Partial<ForgottenSubject> = {}) {
  return {
    tenant: yield* Scenario.tenant,
    subject: `subject-${yield* Scenario.hex(16)}`,
    forgottenAt: Scenario.someTime,
    actor: "user-1",
    reason: "requested",
    ...parts
  }
})

const add = (entry: ForgottenSubject) => Effect.flatMap(ForgottenLedger, (ledger) => ledger.add(entry))

/** The entries of some tenants, as the ledger tells them. */
const entriesOf = (entries: ReadonlyArray<ForgottenSubject>) =>
  Effect.flatMap(ForgottenLedger, (ledger) => {
    const tenants = new Set(entries.map(({ tenant }) => tenant))
    return Stream.runCollect(Stream.filter(ledger.entries, ({ tenant }) => tenants.has(tenant)))
  })

/** The laws of the ledger. */
export const laws: ReadonlyArray<Law<ForgottenLedger>> = [
  make(
    "entries are told in the order they were added, whole, whatever is in them",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const entries = [
        yield* fresh({ actor: 'Ünïcödé 🧾 "quoted" \\ {} ,;' }),
        yield* fresh({ subject: "a subject / with 'all' \"kinds\" of \\ signs 🧾" }),
        yield* fresh({ tenant, forgottenAt: DateTime.makeUnsafe("0001-01-01T00:00:00.001Z") }),
        yield* fresh({ tenant, forgottenAt: DateTime.makeUnsafe("9999-12-31T23:59:59.999Z"), reason: "x".repeat(64) })
      ]
      for (const entry of entries) yield* add(entry)
      yield* expectEqual("the entries", yield* entriesOf(entries), entries)
    })
  ),

  make(
    "the first entry of a subject stays, however often it is added",
    Effect.gen(function* () {
      const first = yield* fresh()
      const next = yield* fresh({ tenant: first.tenant })
      yield* add(first)
      yield* add({ ...first, actor: "user-2", reason: "other" })
      yield* add(next)
      yield* add(first)
      yield* expectEqual("the entries", yield* entriesOf([first]), [first, next])
    })
  ),

  make(
    "subjects of two tenants are two, though their ids are equal",
    Effect.gen(function* () {
      const one = yield* fresh()
      const two = yield* fresh({ subject: one.subject })
      yield* add(one)
      yield* add(two)
      yield* expectEqual("the entries", yield* entriesOf([one, two]), [one, two])
    })
  ),

  make(
    "all entries are told, also when they are many",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const entries = yield* Effect.forEach(Array.from({ length: 1100 }), () => fresh({ tenant }))
      for (const entry of entries) yield* add(entry)
      yield* expectEqual("the entries", yield* entriesOf(entries), entries)
    })
  )
]
