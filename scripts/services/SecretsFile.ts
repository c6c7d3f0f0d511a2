/**
 * The secrets of a topology on this machine: made at its first start, and kept in one file that its owner alone can read.
 *
 * They are as old as the data: without the master key the personal data in the databases cannot be read any more. Nothing
 * prints them. A file that is there and is something else is an error, and stays as it is.
 */
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import type { Secrets } from "./Environment.ts"
import { CannotStart } from "./TopologyFailed.ts"

/** The secrets of a topology, and the password of a NATS of its own. */
export interface KeptSecrets extends Secrets {
  readonly natsPassword: string
}

const Kept = Schema.fromJsonString(
  Schema.Struct({
    serviceCredential: Schema.NonEmptyString,
    masterKey: Schema.NonEmptyString,
    cardGatewayKey: Schema.NonEmptyString,
    webhookSecret: Schema.NonEmptyString,
    natsPassword: Schema.NonEmptyString
  })
)

const make = (): KeptSecrets => ({
  serviceCredential: randomBytes(32).toString("hex"),
  masterKey: randomBytes(32).toString("base64"),
  cardGatewayKey: `sk_${randomBytes(24).toString("hex")}`,
  webhookSecret: `whsec_${randomBytes(24).toString("hex")}`,
  natsPassword: randomBytes(24).toString("hex")
})

/** The secrets in a file; it is made when it is not there. */
export const open = Effect.fnUntraced(function* (file: string): Effect.fn.Return<KeptSecrets, CannotStart> {
  if (!existsSync(file)) {
    const made = make()
    yield* Effect.sync(() => writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: "wx" }))
    return made
  }
  return yield* Schema.decodeEffect(Kept)(readFileSync(file, "utf8")).pipe(
    // What is wrong with it would show what is in it.
    Effect.mapError(() => new CannotStart({ reason: `${file} does not hold the secrets of a topology` }))
  )
})
