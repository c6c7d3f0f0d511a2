/** The laws of what is done to keys catch broken ports: for every law there is one that breaks it, and it only. */
import { Audit, ForgottenLedger, KeyStorage, layerMemory, Transaction } from "@eventfold/event-store"
import { Context, Effect, Layer, Stream } from "effect"
import { ForgettingLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

const sound: Layer.Layer<ForgettingLaws.Services> = Layer.fresh(
  Layer.mergeAll(layerMemory, KeyStorage.layerMemory, ForgottenLedger.layerMemory)
)

interface Broken {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<ForgettingLaws.Services>
}

interface Parts {
  readonly storage: KeyStorage["Service"]
  readonly ledger: ForgottenLedger["Service"]
  readonly audit: Audit["Service"]
}

type Wrong = { readonly [Part in keyof Parts]?: Partial<Parts[Part]> }

/** A row: the ports in memory, with what `wrong` puts in the place of some of their parts. */
const broken = (breaks: string, fault: string, wrong: (parts: Parts) => Wrong): Broken => ({
  breaks,
  fault,
  layer: Layer.effectContext(
    Effect.gen(function* () {
      const parts = { storage: yield* KeyStorage, ledger: yield* ForgottenLedger, audit: yield* Audit }
      const { audit, ledger, storage } = wrong(parts)
      return Context.make(KeyStorage, { ...parts.storage, ...storage }).pipe(
        Context.add(ForgottenLedger, { ...parts.ledger, ...ledger }),
        Context.add(Audit, { ...parts.audit, ...audit }),
        Context.add(Transaction, yield* Transaction)
      )
    })
  ).pipe(Layer.provide(sound))
})

const rows: ReadonlyArray<Broken> = [
  broken(
    "who is forgotten is so together with one action: of whom, by whom, when, why and in which connection",
    "loses the connection",
    ({ audit }) => ({ audit: { record: ({ correlationId: _, ...action }) => audit.record(action) } })
  ),
  broken(
    "of several processes that forget a person at once, one has done it",
    "tells everybody that it was they, when they ask at once",
    ({ storage }) => {
      let underWay = 0
      return {
        storage: {
          forget: (ids) =>
            Effect.suspend(() => {
              underWay += 1
              return Effect.andThen(Effect.yieldNow, storage.forget(ids)).pipe(
                Effect.map((changed) => (underWay > 1 ? ids : changed)),
                Effect.ensuring(Effect.sync(() => (underWay -= 1)))
              )
            })
        }
      }
    }
  ),
  broken(
    "who is in the ledger and still has a key is forgotten at the next start, and that is told once, as the ledger has it",
    "tells the last one only",
    ({ ledger }) => ({ ledger: { entries: Stream.takeRight(ledger.entries, 1) } })
  ),
  broken(
    "keys that are renewed are told of with them, and a renewal that cannot be told of has not taken place",
    "wraps anew outside of the transaction",
    ({ storage }) => ({
      storage: { rewrap: (keys) => Effect.promise(() => Effect.runPromise(storage.rewrap(keys))) }
    })
  )
]

suite({ of: "what is done to keys", laws: ForgettingLaws.laws, rows, sound })
