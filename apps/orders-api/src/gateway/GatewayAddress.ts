/**
 * The file in which a simulated card gateway that runs along says where it is: beside the embedded database, readable by its
 * owner only. With it whoever has the data can look into the gateway, and script its trouble.
 *
 * Gotcha: after a crash it says where the gateway was.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"

/** Where a simulated card gateway is, which service uses it, and what it lets in. */
export const GatewayAddress = Schema.Struct({
  url: Schema.String,
  service: Schema.String,
  apiKey: Schema.RedactedFromValue(Schema.String)
})
/** Where a simulated card gateway is, which service uses it, and what it lets in. */
export interface GatewayAddress extends Schema.Schema.Type<typeof GatewayAddress> {}

const fileIn = (directory: string) => join(directory, "card-gateway.json")
const Text = Schema.fromJsonString(GatewayAddress)

/** Writes it beside the database in a directory. A directory that cannot be written is a defect. */
export const write = (directory: string, address: GatewayAddress): Effect.Effect<void> =>
  Effect.flatMap(Effect.orDie(Schema.encodeEffect(Text)(address)), (text) =>
    Effect.sync(() => writeFileSync(fileIn(directory), text, { mode: 0o600 }))
  )

const readable = Option.liftThrowable((directory: string) => readFileSync(fileIn(directory), "utf8"))

/** Reads it; none when it is not there, or is something else. */
export const read = (directory: string): Effect.Effect<Option.Option<GatewayAddress>> =>
  Effect.sync(() => Option.flatMap(readable(directory), Schema.decodeOption(Text)))
