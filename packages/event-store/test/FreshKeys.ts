/** A key store over ports in memory that a test can look at, share between several "processes", and put back in time. */
import { Effect, Layer, type Redacted } from "effect"
import {
  Audit,
  type AuditEntry,
  ForgottenLedger,
  type KeyMemoryOptions,
  KeyStorage,
  KeyStore,
  layerMemory,
  MasterKeys,
  Sealer,
  Transaction
} from "../src/index.ts"

export const tenant = "acme"
/** Why somebody is forgotten, in these tests. */
export const why = { actor: "user-7", reason: "requested" } as const

/** A subject of the tenant. */
export const ada = { tenant, subject: "customer-ada" }
/** Another one. */
export const bob = { tenant, subject: "customer-bob" }

/** The ports, shared by the stores of a test. */
export interface Ports {
  readonly storage: KeyStorage["Service"]
  readonly ledger: ForgottenLedger["Service"]
  readonly masterKeys: MasterKeys["Service"]
  readonly audit: Audit["Service"]
  readonly transaction: Transaction["Service"]
}

/** Fresh ports in memory. */
export const freshPorts: Effect.Effect<Ports> = Effect.all({
  storage: Effect.provide(KeyStorage, Layer.fresh(KeyStorage.layerMemory)),
  ledger: Effect.provide(ForgottenLedger, Layer.fresh(ForgottenLedger.layerMemory)),
  masterKeys: Effect.provide(MasterKeys, Layer.fresh(MasterKeys.layerRandom)),
  audit: Effect.provide(Audit, Layer.fresh(layerMemory)),
  transaction: Effect.provide(Transaction, Transaction.layerMemory)
})

/** The actions in the audit of the tenant, in order, each as it was told. */
export const actionsOf = ({ audit }: Pick<Ports, "audit">) =>
  Effect.map(audit.page({ tenant, order: "oldest", limit: 500 }), ({ entries }) => entries.flatMap(told))

const told = (entry: AuditEntry) => {
  if (entry._tag === "Event") return []
  const { _tag: _, position: __, recordedAt: ___, tenant: ____, ...action } = entry
  return [action]
}

/** The master keys in base64, the current one first. */
export const masterKeysOf = (...keys: ReadonlyArray<Redacted.Redacted>) =>
  Effect.orDie(MasterKeys.make("the test", keys))

/** A key store and a sealer over the ports, as one process has them. */
export const processOn = (ports: Ports, options: KeyMemoryOptions = {}) =>
  Effect.all({ keys: KeyStore, sealer: Sealer }).pipe(
    Effect.provide(
      Sealer.layer.pipe(
        Layer.provideMerge(Layer.fresh(KeyStore.layer(options))),
        Layer.provide([
          Layer.succeed(KeyStorage, ports.storage),
          Layer.succeed(ForgottenLedger, ports.ledger),
          Layer.succeed(MasterKeys, ports.masterKeys),
          Layer.succeed(Audit, ports.audit),
          Layer.succeed(Transaction, ports.transaction)
        ]),
        Layer.fresh
      )
    )
  )

/** One process on fresh ports. */
export const freshProcess = Effect.flatMap(freshPorts, (ports) =>
  Effect.map(processOn(ports), (process) => ({ ...process, ports }))
)
