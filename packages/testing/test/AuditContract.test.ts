/** The laws of the audit catch broken ones: for every law there is an audit that breaks it, and it only. */
import { Audit, type AuditEntry, type AuditPage, type AuditSlice, layerMemory } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { AuditLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Service = Audit["Service"]

interface Broken {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<AuditLaws.Services>
}

const broken = (breaks: string, fault: string, wrong: (audit: Service) => Partial<Service>): Broken => ({
  breaks,
  fault,
  layer: Layer.effect(
    Audit,
    Effect.map(Audit, (audit) => ({ ...audit, ...wrong(audit) }))
  ).pipe(Layer.provideMerge(Layer.fresh(layerMemory)))
})

/** A row in which pages are asked for wrongly, or answered wrongly. */
const asks = (
  breaks: string,
  fault: string,
  change: (page: AuditPage) => AuditPage,
  answer: (slice: AuditSlice, page: AuditPage) => AuditSlice = (slice) => slice
): Broken =>
  broken(breaks, fault, (audit) => ({
    page: (page) => Effect.map(audit.page(change(page)), (slice) => answer(slice, page))
  }))

const shows = (breaks: string, fault: string, change: (entry: AuditEntry) => AuditEntry): Broken =>
  asks(
    breaks,
    fault,
    (page) => page,
    (slice) => ({ ...slice, entries: slice.entries.map(change) })
  )

const without = <A extends object, K extends keyof A>(value: A, key: K): Omit<A, K> => {
  const { [key]: _, ...rest } = value
  return rest
}

const rows: ReadonlyArray<Broken> = [
  shows(
    "every event is an entry: who, why, through what and in which connection, and nothing of its data",
    "forgets why",
    (entry) => (entry._tag === "Event" ? without(entry, "reason") : entry)
  ),
  shows(
    "an action is an entry in the order of events, with all that was told about it",
    "forgets the details",
    (entry) => (entry._tag === "Action" ? { ...entry, details: {} } : entry)
  ),
  asks(
    "an entry is found by who, through what, in which connection and by its name",
    "does not look at the causation",
    (page) => without(page, "causationId")
  ),
  asks(
    "an entry is found by its stream, together with what was done to that stream",
    "leaves out what was done to it",
    (page) => page,
    (slice, page) =>
      page.streamId === undefined ? slice : { ...slice, entries: slice.entries.filter(({ _tag }) => _tag === "Event") }
  ),
  asks(
    "an entry is found by when it was recorded: from the first instant on, before the second",
    "does not look at the end",
    (page) => without(page, "to")
  ),
  asks(
    "pages show every entry once, the oldest or the newest first, so many at a time",
    "loses one between pages, the newest first",
    (page) =>
      page.order === "newest" && page.cursor !== undefined && page.category === undefined
        ? { ...page, cursor: page.cursor - 1 }
        : page
  ),
  broken("an action of a transaction that fails is not recorded", "records it again afterwards", (audit) => {
    let kept: ReadonlyArray<Effect.Effect<unknown>> = []
    return {
      record: (action) =>
        Effect.gen(function* () {
          const again = kept
          kept = []
          yield* Effect.all(again)
          yield* audit.record(action)
          if (action.subject === "a subject" && Object.keys(action.details).length === 0) {
            kept = [Effect.ignore(audit.record(action))]
          }
        })
    }
  }),
  broken("an action without somebody who did it, or without a reason, is refused", "makes one up", (audit) => ({
    record: (action) => audit.record(action.reason === "" ? { ...action, reason: "none" } : action)
  })),
  broken("a tenant sees nothing of another", "shows another's when there are many", (audit) => {
    const tenants: Array<string> = []
    return {
      page: (page) =>
        Effect.gen(function* () {
          const slice = yield* audit.page(page)
          // Asked for everything of a tenant that has little.
          const isWide = Object.keys(page).every((key) => ["tenant", "order", "limit"].includes(key))
          if (slice.entries.length !== 5 || !isWide) return slice
          const other = tenants.find((tenant) => tenant !== page.tenant)
          tenants.push(page.tenant)
          return other === undefined ? slice : yield* audit.page({ ...page, tenant: other })
        })
    }
  })
]

suite({ of: "the audit", laws: AuditLaws.laws, rows, sound: Layer.fresh(layerMemory) })
