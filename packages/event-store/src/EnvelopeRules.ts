/** What a command on its way is held to, whoever handles it: the parts of its envelope that are the same for all. */
import { Effect, Schema } from "effect"
import type { CommandEnvelope } from "./CommandBus.ts"
import { MalformedMessage } from "./MessageErrors.ts"
import { Tenant } from "./StreamId.ts"

const isUuid = Schema.is(Schema.String.check(Schema.isGUID()))
const isTenant = Schema.is(Tenant)

/** Fails with all that is wrong with the envelope of a command of this name. */
export const check = (
  name: string,
  { expectedVersion, id, tenant }: CommandEnvelope<unknown>
): Effect.Effect<void, MalformedMessage> => {
  const problems = [
    ...(isUuid(id) ? [] : [{ field: "id", rule: "a command id must be a UUID" }]),
    ...(isTenant(tenant) ? [] : [{ field: "tenant", rule: "must be 1 to 63 lower-case letters, digits, '-' or '_'" }]),
    ...(expectedVersion === undefined || (Number.isSafeInteger(expectedVersion) && expectedVersion >= 0)
      ? []
      : [{ field: "expectedVersion", rule: "must be a whole number from 0" }])
  ]
  return problems.length === 0 ? Effect.void : Effect.fail(new MalformedMessage({ name, problems }))
}
