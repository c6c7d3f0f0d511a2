/**
 * Identifiers derived from names: the same name gives the same UUID, on every machine and in every run.
 *
 * They are UUIDs of version 5 (RFC 9562): the SHA-1 of a namespace and a name. This is what makes a second run of the
 * demo ask for exactly what the first one asked for.
 */
import { Effect } from "effect"
import { Digest } from "effect/crypto"
import { Hex } from "effect/encoding"

/** The namespace of the names below. Another one would give other orders. */
const namespace = "c24ee0e5-0d5c-5f52-9b2e-6d1c8a7d3f40"

/** The UUID of version 5 of a name in a namespace, which is itself a UUID. */
export const uuid = Effect.fnUntraced(function* (
  inNamespace: string,
  name: string
): Effect.fn.Return<string, never, Digest.Digest> {
  const digest = yield* Digest.Digest
  const prefix = yield* Effect.orDie(Effect.fromResult(Hex.decode(inNamespace.replaceAll("-", ""))))
  const hash = yield* digest.digest(Digest.sha1, Uint8Array.from([...prefix, ...new TextEncoder().encode(name)]))
  // Byte 6 tells the version, byte 8 the variant.
  const bytes = hash
    .subarray(0, 16)
    .map((byte, index) => (index === 6 ? (byte & 0x0f) | 0x50 : index === 8 ? (byte & 0x3f) | 0x80 : byte))
  return Hex.encode(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5")
})

const named = (kind: string) => (name: string) => uuid(namespace, `northwind/${kind}/${name}`)

/** The UUID of an order, by its number. */
export const order = named("order")
/** The UUID of a customer, by the customer's code. */
export const customer = named("customer")
/** The UUID of a product, by its number. */
export const product = named("product")
/** The idempotency key of a command on an order. */
export const command = (orderNumber: string, step: string) => named("command")(`${orderNumber}/${step}`)
/** The idempotency key of a command on a product of the catalogue, by what it asks for. */
export const listing = named("listing")
/** The idempotency key of the registration of a customer, by what it asks for. */
export const registration = named("registration")
/** The idempotency key of goods that come in, by what comes in. */
export const receipt = named("receipt")
