/**
 * What is done to keys, as actions of the audit: a person forgotten, the key of a person renewed, keys wrapped by another
 * master key. The key store records each in the transaction in which it is done, and only what has changed something.
 *
 * They name the subject by its id, which is opaque, and tell nothing else about the person.
 */
import { DateTime, Effect, Schema, SchemaIssue } from "effect"
import { NewAction } from "./Audit.ts"
import { ForgottenSubject } from "./ForgottenLedger.ts"
import type { SubjectId } from "./KeyStorage.ts"
import { InvalidForgetting } from "./KeyStoreErrors.ts"

/** Who decided that a subject is forgotten, and why: a code, as the ledger demands. */
export type Forgetting = Pick<ForgottenSubject, "actor" | "reason"> & {
  /** The request it was, for the audit. */
  readonly correlationId?: string
}

/** Who renews keys, and why: for the audit. */
export type KeyChange = Pick<NewAction, "actor" | "reason" | "correlationId">

/** Who demands that a subject is forgotten: somebody now, or the ledger, which knows of it from before. */
type DemandedBy = "request" | "ledger"

/** A person was forgotten. `forgottenAt` is when it was decided, which is earlier when the ledger demands it. */
export const personForgotten = (
  { actor, forgottenAt, reason, subject, tenant }: ForgottenSubject,
  demandedBy: DemandedBy,
  correlationId?: string
): NewAction => ({
  tenant,
  action: "PersonForgotten",
  subject,
  actor,
  reason,
  ...(correlationId === undefined ? {} : { correlationId }),
  details: { forgottenAt: DateTime.formatIso(forgottenAt), demandedBy }
})

/** A person got a new version of their key. */
export const personKeyRotated = ({ subject, tenant }: SubjectId, version: number, by: KeyChange): NewAction => ({
  ...of(by),
  tenant,
  action: "PersonKeyRotated",
  subject,
  details: { version: String(version) }
})

/** So many keys of a tenant are wrapped by this master key now; the subject is its name, a digest. */
export const masterKeyRotated = (tenant: string, masterKey: string, keys: number, by: KeyChange): NewAction => ({
  ...of(by),
  tenant,
  action: "MasterKeyRotated",
  subject: masterKey,
  details: { keys: String(keys) }
})

const of = ({ actor, correlationId, reason }: KeyChange) => ({
  actor,
  reason,
  ...(correlationId === undefined ? {} : { correlationId })
})

/** The rules of the ledger and of the audit, or the first one that is broken: nothing is written before they are kept. */
export const check = (entry: ForgottenSubject, correlationId?: string): Effect.Effect<void, InvalidForgetting> =>
  Effect.mapError(
    Effect.asVoid(decode({ ...entry, ...(correlationId === undefined ? {} : { correlationId }) })),
    ({ issue }) => {
      const [first] = format(issue).issues
      return new InvalidForgetting({ field: first?.path?.map(String).join(".") ?? "", rule: first?.message ?? "" })
    }
  )

const decode = Schema.decodeUnknownEffect(
  Schema.toType(Schema.Struct({ ...ForgottenSubject.fields, correlationId: NewAction.fields.correlationId }))
)
const format = SchemaIssue.makeFormatterStandardSchemaV1()
