/** The suite of the ledger of the forgotten catches broken ledgers: for every law there is one that breaks it, and it only. */
import { ForgottenLedger, type ForgottenSubject } from "@eventfold/event-store"
import { Effect, Layer, Stream } from "effect"
import { ForgottenLedgerLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Ledger = ForgottenLedger["Service"]

interface BrokenLedger {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<ForgottenLedger>
}

const sound = Layer.fresh(ForgottenLedger.layerMemory)

/** A row: the ledger in memory, with what `wrong` puts in the place of some of its parts. */
const broken = (breaks: string, fault: string, wrong: (ledger: Ledger) => Partial<Ledger>): BrokenLedger => ({
  breaks,
  fault,
  layer: Layer.effect(
    ForgottenLedger,
    Effect.map(ForgottenLedger, (ledger) => ({ ...ledger, ...wrong(ledger) }))
  ).pipe(Layer.provide(sound))
})

const brokenLedgers: ReadonlyArray<BrokenLedger> = [
  broken(
    "entries are told in the order they were added, whole, whatever is in them",
    "cuts the actor after ten characters",
    (ledger) => ({ add: (entry) => ledger.add({ ...entry, actor: entry.actor.slice(0, 10) }) })
  ),
  broken("the first entry of a subject stays, however often it is added", "tells the last one", (ledger) => {
    const last = new Map<string, ForgottenSubject>()
    const nameOf = ({ subject, tenant }: ForgottenSubject) => `${tenant}/${subject}`
    return {
      add: (entry) => {
        if (entry.reason === "other" || !last.has(nameOf(entry))) last.set(nameOf(entry), entry)
        return ledger.add(entry)
      },
      entries: Stream.map(ledger.entries, (entry) => last.get(nameOf(entry)) ?? entry)
    }
  }),
  broken("subjects of two tenants are two, though their ids are equal", "knows one of each id", (ledger) => {
    const known = new Set<string>()
    return {
      add: (entry) =>
        Effect.suspend(() => {
          if (known.has(entry.subject)) return Effect.void
          known.add(entry.subject)
          return ledger.add(entry)
        })
    }
  }),
  broken("all entries are told, also when they are many", "tells a thousand of a tenant at most", (ledger) => ({
    entries: Stream.unwrap(
      Effect.map(Stream.runCollect(ledger.entries), (entries) => {
        const told = new Map<string, number>()
        return Stream.fromIterable(
          entries.filter(({ tenant }) => {
            told.set(tenant, (told.get(tenant) ?? 0) + 1)
            return (told.get(tenant) ?? 0) <= 1000
          })
        )
      })
    )
  }))
]

suite({ of: "the ledger of the forgotten", laws: ForgottenLedgerLaws.laws, rows: brokenLedgers, sound })
