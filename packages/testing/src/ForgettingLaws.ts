/**
 * The laws of what is done to keys, as values: a person is forgotten, keys are renewed, and the audit tells of it. They hold
 * for the key store over a storage of keys, a ledger of the forgotten, an audit and transactions, which must belong
 * together. `ForgettingContract` registers them with vitest.
 */
import {
  Audit,
  type AuditEntry,
  ForgottenLedger,
  KeyStorage,
  KeyStore,
  MasterKeys,
  type SubjectId,
  type Transaction
} from "@eventfold/event-store"
import { DateTime, Effect, Layer, Logger, Stream } from "effect"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expectKept, expectSubjects, forgotten, known, subjectIn, subjectWith } from "./KeyStorageLaws/Subjects.ts"
import { expectEqual, expectFailure, type Law, make } from "./Law.ts"

/** What the laws are about. */
export type Services = KeyStorage | ForgottenLedger | Audit | Transaction

const why = { actor: "user-7", reason: "requested" } as const
const by = { actor: "user-8", reason: "once a year" } as const

/** A process: a key store of its own. What it starts with it has made up for then. */
const processOf = (masterKeys: Layer.Layer<MasterKeys> = Layer.fresh(MasterKeys.layerRandom)) =>
  Effect.provide(
    KeyStore,
    Layer.fresh(KeyStore.layer()).pipe(Layer.provide(masterKeys), Layer.provide(Logger.layer([])))
  )

/** The actions of a tenant, in order, each as it was told. */
const actionsOf = (tenant: string) =>
  Effect.flatMap(Audit, (audit) =>
    Effect.map(audit.page({ tenant, order: "oldest", limit: 500 }), ({ entries }) => entries.flatMap(told))
  )

const told = (entry: AuditEntry) => {
  if (entry._tag === "Event") return []
  const { _tag: _, position: __, recordedAt: ___, tenant: ____, ...action } = entry
  return [action]
}

/** What the audit tells of somebody forgotten, at the time that the ledger holds. */
const actionFor = Effect.fnUntraced(function* (id: SubjectId, demandedBy: string, parts: object = {}) {
  const entries = yield* Effect.flatMap(ForgottenLedger, (ledger) => Stream.runCollect(ledger.entries))
  const entry = entries.find(({ subject, tenant }) => subject === id.subject && tenant === id.tenant)
  const forgottenAt = entry === undefined ? "nobody knows" : DateTime.formatIso(entry.forgottenAt)
  return { action: "PersonForgotten", subject: id.subject, ...why, ...parts, details: { forgottenAt, demandedBy } }
})

/** A process that dies of one of its ports. */
const crashing = (port: "KeyStorage" | "Audit") =>
  port === "Audit"
    ? Effect.updateService(processOf(), Audit, (audit) => ({ ...audit, record: () => Effect.die("crash") }))
    : Effect.updateService(processOf(), KeyStorage, (all) => ({ ...all, forget: () => Effect.die("crash") }))

/** Keys of other laws are wrapped by nothing that could be unwrapped. */
const onlyOf =
  (tenant: string) =>
  (all: KeyStorage["Service"]): KeyStorage["Service"] => ({
    ...all,
    wrappedByOthers: (masterKey) =>
      Effect.map(all.wrappedByOthers(masterKey, 1_000_000), (keys) => keys.filter((key) => key.tenant === tenant))
  })

/** The laws of what is done to keys. */
export const laws: ReadonlyArray<Law<Services>> = [
  make(
    "who is forgotten is so together with one action: of whom, by whom, when, why and in which connection",
    Effect.gen(function* () {
      const [gone, unknown] = [yield* subjectWith(2), yield* subjectIn()]
      const { tenant } = gone.id
      const keys = yield* processOf()
      yield* keys.forget(gone.id, { ...why, correlationId: "request-1" })
      const first = yield* actionFor(gone.id, "request", { correlationId: "request-1" })
      yield* expectEqual("the actions", yield* actionsOf(tenant), [first])
      yield* keys.forget(gone.id, { actor: "user-9", reason: "again" })
      yield* Effect.flatMap(processOf(), (another) => another.forget(gone.id, why))
      yield* expectEqual("the actions after it was asked for again", yield* actionsOf(tenant), [first])
      yield* keys.forget({ ...unknown, tenant }, why)
      const second = yield* actionFor({ ...unknown, tenant }, "request")
      yield* expectEqual("the actions of both", yield* actionsOf(tenant), [first, second])
      yield* expectKept("what is kept", [gone.id], [forgotten(gone.id)])
    })
  ),

  make(
    "of several processes that forget a person at once, one has done it",
    Effect.gen(function* () {
      const { id } = yield* subjectWith(1)
      const processes = yield* Effect.all(Array.from({ length: 4 }, () => processOf()))
      yield* Effect.forEach(processes, (keys) => keys.forget(id, why), { concurrency: "unbounded", discard: true })
      const subjects = (yield* actionsOf(id.tenant)).map(({ subject }) => ({ tenant: id.tenant, subject }))
      yield* expectSubjects("of whom the audit tells", subjects, [id])
    })
  ),

  make(
    "who is in the ledger and still has a key is forgotten at the next start, and that is told once, as the ledger has it",
    Effect.gen(function* () {
      for (const port of ["KeyStorage", "Audit"] as const) {
        const [crashed, repeated] = [yield* subjectWith(2), yield* subjectWith(1)]
        const ids = [crashed.id, repeated.id]
        const dying = yield* crashing(port)
        yield* Effect.forEach(ids, (id) => Effect.exit(dying.forget(id, why)))
        const whole = [known(crashed.id, crashed.keys), known(repeated.id, repeated.keys)]
        yield* expectKept("what is kept after the crash, which has told of nothing", ids, whole)
        yield* expectEqual("the actions after the crash", yield* actionsOf(crashed.id.tenant), [])
        for (let start = 0; start < 2; start++) {
          const keys = yield* processOf()
          yield* expectKept("what is kept after the start", ids, ids.map(forgotten))
          yield* keys.forget(repeated.id, { actor: "user-9", reason: "again" })
          for (const id of ids) {
            yield* expectEqual("the actions", yield* actionsOf(id.tenant), [yield* actionFor(id, "ledger")])
          }
        }
      }
    })
  ),

  make(
    "keys that are renewed are told of with them, and a renewal that cannot be told of has not taken place",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const [one, two] = [yield* subjectIn(tenant), yield* subjectIn(tenant)]
      const [old, next] = [MasterKeys.generate(), MasterKeys.generate()]
      const masterKeys = (...keys: ReadonlyArray<typeof old>) =>
        Layer.orDie(Layer.effect(MasterKeys, MasterKeys.make("a law", keys)))
      const keys = yield* processOf(masterKeys(old))
      const during = yield* Effect.updateService(processOf(masterKeys(next, old)), KeyStorage, onlyOf(tenant))
      yield* keys.forSealing([one, two])
      const kept = Effect.flatMap(KeyStorage, (all) => all.find([one, two]))
      const before = yield* kept
      const nobody = { ...by, actor: "" }
      yield* expectFailure("renewing the key of a person", keys.rotateSubject(one, nobody))
      yield* expectFailure("replacing the master key", during.rotateMasterKey(nobody))
      yield* expectKept("what is kept", [one, two], before)
      yield* expectEqual("the actions", yield* actionsOf(tenant), [])

      yield* expectEqual("whether there is a new version", yield* keys.rotateSubject(one, by), true)
      const rotated = { action: "PersonKeyRotated", subject: one.subject, ...by, details: { version: "2" } }
      yield* expectEqual("the actions", yield* actionsOf(tenant), [rotated])
      yield* expectEqual("how many keys were wrapped anew", yield* during.rotateMasterKey(by), 3)
      yield* expectEqual("how many are left", yield* during.rotateMasterKey(by), 0)
      const subject = (yield* kept)[0]?.keys[0]?.masterKey ?? ""
      const replaced = { action: "MasterKeyRotated", subject, ...by, details: { keys: "3" } }
      yield* expectEqual("the actions", yield* actionsOf(tenant), [rotated, replaced])
    })
  )
]
