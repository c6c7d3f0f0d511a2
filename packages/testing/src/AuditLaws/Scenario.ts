/** What the laws of the audit make up, and how they look at it. */
import {
  Audit,
  type AuditEntry,
  type AuditPage,
  type EventStore,
  ExpectedVersion,
  type NewAction,
  StreamId,
  Transaction
} from "@eventfold/event-store"
import { Effect, Random } from "effect"
import * as Scenario from "../EventStoreLaws/Scenario.ts"
import { Violation } from "../Law.ts"

/** What the laws of the audit need. */
export type Services = Audit | EventStore | Transaction

/** The audit under test. */
export const use = <A, E>(f: (audit: Audit["Service"]) => Effect.Effect<A, E>) => Effect.flatMap(Audit, f)

/** An action like any other, but for the parts given. */
export const actionOf = (tenant: string, parts: Partial<NewAction> = {}): NewAction => ({
  tenant,
  action: "SomethingDone",
  subject: "a subject",
  actor: "ada",
  reason: "it had to be",
  details: {},
  ...parts
})

/** Everything that is asked for, page by page, and how many pages it took. */
export const all = Effect.fnUntraced(function* (page: AuditPage) {
  const entries: Array<AuditEntry> = []
  let pages = 1
  let slice = yield* use((audit) => audit.page(page))
  while (true) {
    entries.push(...slice.entries)
    const cursor = slice.next
    if (cursor === undefined) return { entries, pages }
    if (pages > 10_000) return yield* new Violation({ message: "the pages never end" })
    pages += 1
    slice = yield* use((audit) => audit.page({ ...page, cursor }))
  }
})

/** Every entry of a tenant that a filter leaves, the oldest first. */
export const oldest = (tenant: string, filter: Omit<AuditPage, "tenant" | "order" | "limit"> = {}) =>
  Effect.map(all({ tenant, order: "oldest", limit: 100, ...filter }), ({ entries }) => entries)

/** Events and actions of one tenant, of several actors, in several streams. */
export const mixed = Effect.fnUntraced(function* (tenant: string, count: number) {
  const streams = yield* Effect.replicateEffect(Scenario.streamOf(tenant), 3)
  const pick = <A>(values: ReadonlyArray<A>) => Effect.map(Random.nextIntBetween(0, values.length), (at) => values[at])
  for (let made = 0; made < count; made += 1) {
    const stream = (yield* pick(streams)) ?? (yield* Scenario.streamOf(tenant))
    const who = {
      actor: (yield* pick(["ada", "bob"])) ?? "ada",
      reason: "because",
      correlationId: (yield* pick(["c1", "c2", "c3"])) ?? "c1",
      causationId: (yield* pick(["x1", "x2"])) ?? "x1"
    }
    if ((yield* Random.nextIntBetween(0, 3)) === 0) {
      const subject = (yield* pick(["someone", StreamId.format(stream)])) ?? "someone"
      yield* use((audit) => audit.record(actionOf(tenant, { ...who, subject })))
    } else {
      const type = (yield* pick(["Opened", "Closed"])) ?? "Opened"
      yield* Scenario.append(stream, ExpectedVersion.Any, [yield* Scenario.event({ type, metadata: who })])
    }
  }
  return streams
})

/** Where entries stand. */
export const positionsOf = (entries: ReadonlyArray<AuditEntry>) => entries.map(({ position }) => position)

/** Runs an effect in a transaction. */
export const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))
